/* Files that live as long as one test: libcheck forks for each, and the folder goes at its exit. */
#ifndef TESTS_TEMP_FILE_H
#define TESTS_TEMP_FILE_H

/* Writes `text` to FOLDER/`name`, where FOLDER is this process's own and `name` may have folders.
 * Gives the whole path in static memory that lasts for eight calls. */
const char *temp_file(const char *name, const char *text);

/* The folder itself. */
const char *temp_folder(void);

#endif
