/* What is watched while a round of tasks waits: does the client spin, was the machine slow, did it
 * give the client a processor when it wanted one? */
#ifndef JUDGE_CASE_WATCH_H
#define JUDGE_CASE_WATCH_H

#include "judge/case.h"

void case_watch_begin(struct judged_case *judged);

/* Once all tasks of the round are started, each time that it is looked at; *look_ns comes nearer
 * when the next sample is due before. */
void case_watch(struct judged_case *judged, int64_t now_ns, int64_t *look_ns);

/* The round is over. */
void case_watch_end(struct judged_case *judged);

/* Was it work, of many tasks at once, what looked like spinning? One task by itself tells; one that
 * hangs doesn't, for it may work on. */
bool case_watch_is_in_doubt(const struct judged_case *judged);

/* Forgets what was seen of spinning; the next round, of one task, is to tell. */
void case_watch_ask_one(struct judged_case *judged);

/* Had the client, or with a command anybody, to wait for a processor for so long that its times say
 * nothing? To be asked at the end of a case. */
bool case_was_starved(const struct judged_case *judged, int64_t now_ns);

#endif
