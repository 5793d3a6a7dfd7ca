/* Selectors: which ids are meant. A word is an fnmatch(3) pattern over ids; a bare `phase` or
 * `phase/name` means everything beneath it; `!word` subtracts; a word that ends in `.lua` is a
 * file (`file.lua/variant` one variant of it), and is not matched here. The same grammar serves
 * `run`, `serve`, `list` and expectation files. */
#ifndef BASE_SELECTOR_H
#define BASE_SELECTOR_H

#include <stdbool.h>
#include <stddef.h>

/* Does one word (without "!") mean this id? */
bool selector_word_matches(const char *word, const char *id);

/* Do the words, read from left to right, select the id? With no word that adds, all are meant. */
bool selector_matches(const char *const *words, size_t count, const char *id);

bool selector_is_file(const char *word);
/* How much of a file's word is the path, without "/variant"; 0 when the word is no file. */
size_t selector_file_length(const char *word);
bool selector_subtracts(const char *word);

#endif
