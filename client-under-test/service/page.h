/* The one page for people: the counters of /metrics, drawn as they change. It asks nobody else. */
#ifndef SSHEXEC_PAGE_H
#define SSHEXEC_PAGE_H

extern const char page_html[];

#endif
