#pragma once
#include <archive.h>
#include <archive_entry.h>

/// `AE_IFREG` is a cast in a macro, which Swift cannot import.
static inline void carchive_set_plain(struct archive_entry *entry) {
    archive_entry_set_filetype(entry, AE_IFREG);
}

/// Whether an entry is a file with a content of its own: no link, folder or device.
static inline int carchive_is_plain(struct archive_entry *entry) {
    return archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == NULL
        && archive_entry_symlink(entry) == NULL;
}
