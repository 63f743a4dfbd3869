#include "CBuild.h"

#define TEXT_OF(tokens) #tokens
#define TEXT(macro) TEXT_OF(macro)

const char *purse_build_commit(void) { return TEXT(PURSESTRINGS_COMMIT); }
