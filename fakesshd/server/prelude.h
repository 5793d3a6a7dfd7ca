/* The source of prelude/, one chunk, made part of the executable by the Makefile. Ended by NUL. */
#ifndef SERVER_PRELUDE_H
#define SERVER_PRELUDE_H

extern const char prelude_source[];

#endif
