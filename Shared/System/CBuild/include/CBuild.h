#ifndef CBUILD_H
#define CBUILD_H

/// What whoever built the programs has told about the sources: a commit, or nothing.
const char *purse_build_commit(void);

#endif
