#define _GNU_SOURCE

#include "stepper.h"

#include <elf.h>
#include <errno.h>
#include <pthread.h>
#include <rte_config.h>
#include <rte_mbuf.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "include/judge.h"

static pid_t child, thread; /* the thread that is stopped */
static bool is_paused;

bool judge_leave_network(void) {
    if (unshare(CLONE_NEWNET) != 0)
        return false;
    FILE *setting = fopen("/proc/sys/net/ipv6/conf/default/disable_ipv6", "we");
    if (setting != NULL) {
        fputs("1", setting);
        fclose(setting);
    }
    return true;
}

bool judge_start_child(char **arguments) {
    child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        /* So that no function is looked up in the middle of an operation. */
        setenv("LD_BIND_NOW", "1", 1);
        execv("/proc/self/exe", arguments);
        _exit(127);
    }
    return child > 0;
}

static bool ended(int status) {
    if (WIFSIGNALED(status))
        fprintf(stderr, "the child was ended by signal %d\n", WTERMSIG(status));
    else
        fprintf(stderr, "the child ended with status %d\n", WEXITSTATUS(status));
    child = thread = 0;
    return false;
}

bool stepper_is_paused(void) { return is_paused; }

/* Lets the thread that is stopped go on, and waits for the next stop: whether it was none for a signal of others. */
static bool go_on(int how, int *status) {
    int signal = 0;
    is_paused = false;
    for (;;) {
        if (thread != 0 && ptrace(how, thread, NULL, (void *)(intptr_t)signal) != 0)
            return false;
        pid_t stopped;
        do
            stopped = waitpid(-1, status, __WALL);
        while (stopped > 0 && !WIFSTOPPED(*status) && stopped != child);
        if (stopped < 0 || !WIFSTOPPED(*status))
            return stopped < 0 ? false : ended(*status);
        thread = stopped;
        signal = WSTOPSIG(*status);
        is_paused = signal == SIGSTOP;
        if (is_paused || (signal == SIGTRAP && how == PTRACE_SINGLESTEP))
            return true;
    }
}

bool judge_await_pause(void) {
    int status;
    if (child == 0 || !go_on(PTRACE_CONT, &status))
        return false;
    ptrace(PTRACE_SETOPTIONS, thread, NULL, (void *)(intptr_t)PTRACE_O_EXITKILL);
    return true;
}

bool stepper_step(void) {
    int status;
    return child != 0 && go_on(PTRACE_SINGLESTEP, &status) && !is_paused;
}

bool judge_await_end(void) {
    int status = -1;
    if (child == 0)
        return false;
    if (thread != 0)
        ptrace(PTRACE_DETACH, thread, NULL, NULL);
    while (waitpid(child, &status, __WALL) == child && WIFSTOPPED(status))
        ptrace(PTRACE_CONT, child, NULL, NULL);
    child = thread = 0;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void judge_kill_child(void) {
    if (child != 0) {
        kill(child, SIGKILL);
        while (waitpid(-1, NULL, __WALL) > 0)
            ;
    }
    child = thread = 0;
}

/* MARK: - Where the child is */

static uint64_t program_counter(void) {
    struct user_regs_struct registers;
    struct iovec place = {&registers, sizeof registers};
    if (ptrace(PTRACE_GETREGSET, thread, (void *)NT_PRSTATUS, &place) != 0)
        return 0;
#if defined(__x86_64__)
    return registers.rip;
#else
    return registers.pc;
#endif
}

void stepper_describe(char *text, size_t size) {
    uint64_t at = program_counter(), start, end, offset, base = 0;
    char name[64], line[512], path[512], last[512] = "";
    snprintf(name, sizeof name, "/proc/%d/maps", child);
    snprintf(text, size, "at %#llx", (unsigned long long)at);
    FILE *maps = fopen(name, "re");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        *path = 0;
        if (sscanf(line, "%lx-%lx %*s %lx %*s %*s %511s", &start, &end, &offset, path) < 3)
            continue;
        /* The first part of a file is where its addresses count from. */
        if (strcmp(path, last) != 0)
            base = start;
        strcpy(last, path);
        if (at < start || at >= end)
            continue;
        snprintf(text, size, "at %#llx of %s", (unsigned long long)(at - base), path);
        char command[700];
        snprintf(command, sizeof command, "addr2line -Cfspe '%s' %#llx 2>/dev/null", path,
                 (unsigned long long)(at - base));
        FILE *answer = popen(command, "re");
        if (answer != NULL && fgets(line, sizeof line, answer) != NULL && *line != '?') {
            line[strcspn(line, "\n")] = 0;
            snprintf(text, size, "in %s (%#llx of %s)", line, (unsigned long long)(at - base), path);
        }
        if (answer != NULL)
            pclose(answer);
        break;
    }
    if (maps != NULL)
        fclose(maps);
}

/* MARK: - In the child */

void judge_trace_me(void) { ptrace(PTRACE_TRACEME, 0, NULL, NULL); }

void judge_pause(void) { syscall(SYS_tgkill, getpid(), gettid(), SIGSTOP); }

struct call {
    void (*body)(void *);
    void *context;
};

static void *run(void *call) {
    judge_trace_me();
    ((struct call *)call)->body(((struct call *)call)->context);
    return NULL;
}

void judge_on_other_thread(void (*body)(void *), void *context) {
    struct call call = {body, context};
    pthread_t other;
    if (pthread_create(&other, NULL, run, &call) == 0)
        pthread_join(other, NULL);
}

static void ignore(void *buffer, void *opaque) {}

void judge_attach_external(void *mbuf) {
    static char buffer[512];
    static struct rte_mbuf_ext_shared_info shared;
    shared.free_cb = ignore;
    rte_mbuf_ext_refcnt_set(&shared, 1);
    rte_pktmbuf_attach_extbuf(mbuf, buffer, RTE_BAD_IOVA, sizeof buffer, &shared);
}
