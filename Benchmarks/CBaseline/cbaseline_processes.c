#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "include/CBaseline.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int cbaseline_start(const char *const *arguments, int output) {
    int pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* This thread has one CPU; the program may use all. */
    cpu_set_t all;
    memset(&all, 0xff, sizeof(all));
    sched_setaffinity(0, sizeof(all), &all);
    int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, STDIN_FILENO);
    dup2(output >= 0 ? output : nowhere, STDOUT_FILENO);
    if (output < 0)
        dup2(nowhere, STDERR_FILENO);
    close_range(3, ~0U, 0);
    if (output >= 0) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        dprintf(STDOUT_FILENO, "%lld\n", (long long)now.tv_sec * 1000000000 + now.tv_nsec);
    }
    execv(arguments[0], (char *const *)arguments);
    _exit(127);
}

int cbaseline_telemetry(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = 5};
    char greeting[4096];
    if (strlen(path) >= sizeof(address.sun_path))
        return -1;
    strcpy(address.sun_path, path);
    int connection = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (connection < 0)
        return -1;
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (connect(connection, (struct sockaddr *)&address, sizeof(address)) == 0 &&
        recv(connection, greeting, sizeof(greeting), 0) > 0)
        return connection;
    close(connection);
    return -1;
}

/* The server of DPDK's telemetry reads at most 1024 bytes, and a reply about a port is shorter than 16 KiB. */
bool cbaseline_packets_out(int connection, uint32_t port, uint64_t *count) {
    char text[16384];
    int length = snprintf(text, sizeof(text), "/ethdev/stats,%u", port);
    if (send(connection, text, (size_t)length, MSG_NOSIGNAL) != length)
        return false;
    ssize_t received = recv(connection, text, sizeof(text) - 1, 0);
    if (received <= 0)
        return false;
    text[received] = '\0';
    unsigned long long packets;
    const char *field = strstr(text, "\"opackets\":");
    if (field == NULL || sscanf(field, "\"opackets\":%llu", &packets) != 1)
        return false;
    *count = packets;
    return true;
}

bool cbaseline_step_begin(int pid) {
    int status;
    return ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0 && ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) == 0 &&
           waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status);
}

bool cbaseline_step(int pid, uint64_t count) {
    int status;
    for (uint64_t i = 0; i < count; i++)
        if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) != 0 || waitpid(pid, &status, __WALL) != pid ||
            !WIFSTOPPED(status))
            return false;
    return true;
}

void cbaseline_step_end(int pid) { ptrace(PTRACE_DETACH, pid, NULL, NULL); }
