/* Text that came from outside (a client's stderr, a scenario's file name), made fit for a terminal,
 * for JSON and for XML. */
#ifndef JUDGE_CLEAN_TEXT_H
#define JUDGE_CLEAN_TEXT_H

/* A copy, owned by the caller, in which every byte that is not UTF-8 and every control character
 * but end of line and tab is a "?": an escape sequence would steer the terminal, and XML 1.0 cannot
 * hold one at all. "" for NULL. */
char *clean_text(const char *text);

/* The same on one line: ends of line and tabs become spaces. */
char *clean_line(const char *text);

#endif
