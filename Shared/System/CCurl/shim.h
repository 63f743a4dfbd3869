#pragma once
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/epoll.h>

/// `curl_easy_setopt` is variadic, which Swift cannot call.
static inline CURLcode ccurl_set_number(CURL *easy, CURLoption option, curl_off_t value) {
    if (option > CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB)
        return curl_easy_setopt(easy, option, value);
    return curl_easy_setopt(easy, option, (long) value);
}

static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

/// What receives the bytes of a body, or one line of a header, with a context.
typedef size_t (*ccurl_receiver)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode ccurl_set_receiver(CURL *easy, CURLoption option, ccurl_receiver value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_opener(CURL *easy, curl_opensocket_callback value) {
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, value);
}

/// `curl_easy_getinfo` is variadic, which Swift cannot call.
static inline long ccurl_status(CURL *easy) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/// What was set as `CURLOPT_PRIVATE`.
static inline void *ccurl_private(CURL *easy) {
    char *pointer = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &pointer);
    return pointer;
}

/// `curl_multi_setopt` is variadic, which Swift cannot call.
static inline CURLMcode ccurl_multi_set_number(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode ccurl_multi_watch(
    CURLM *multi,
    curl_socket_callback socket_changed,
    curl_multi_timer_callback timer_changed,
    void *context
) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket_changed);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer_changed);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return code;
}

/// The transfer that has ended, or `NULL`, and its outcome.
static inline CURL *ccurl_multi_ended(CURLM *multi, CURLcode *outcome) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            *outcome = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}

/// The first byte of an IP address, or `NULL` when it is of another family.
static inline const void *ccurl_address(const struct curl_sockaddr *address) {
    switch (address->family) {
    case AF_INET:
        return &((const struct sockaddr_in *) (const void *) &address->addr)->sin_addr;
    case AF_INET6:
        return &((const struct sockaddr_in6 *) (const void *) &address->addr)->sin6_addr;
    default:
        return NULL;
    }
}

/// Opens what watches many sockets.
static inline int ccurl_poller(void) {
    return epoll_create1(EPOLL_CLOEXEC);
}
