import Glibc

/// Ends this process as soon as the test that started it is gone, whatever it does at that moment.
func endWithTheTest() {
    var thread = pthread_t()
    unsafe pthread_create(&thread, nil, { _ in unsafe waitForTheTestsEnd() }, nil)
}

/// The test has the other end of the standard input, which hangs up when no process has it any more.
private func waitForTheTestsEnd() -> UnsafeMutableRawPointer? {
    // The test's own signals are for the main thread.
    var signals = sigset_t()
    unsafe sigfillset(&signals)
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    var channel = pollfd(fd: STDIN_FILENO, events: 0, revents: 0)
    while unsafe poll(&channel, 1, -1) <= 0 || channel.revents & Int16(POLLHUP) == 0 {
        if channel.revents & Int16(POLLNVAL) != 0 { return nil }
    }
    _exit(75)
}
