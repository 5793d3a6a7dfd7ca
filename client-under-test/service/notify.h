/* Telling the service manager how it is: sd_notify(3)'s protocol, a datagram to $NOTIFY_SOCKET. */
#ifndef SSHEXEC_NOTIFY_H
#define SSHEXEC_NOTIFY_H

/* "READY=1", "STOPPING=1"; nothing happens without a manager that asked for it. */
void notify_say(const char *state);

#endif
