import Glibc

/// Ends this process as soon as the test that started it has ended.
func endWithTheTest() {
    var thread = pthread_t()
    unsafe pthread_create(&thread, nil, { _ in unsafe waitForTheTestsEnd() }, nil)
}

/// The test holds the other end of the standard input, which hangs up when no process has it open any more.
private func waitForTheTestsEnd() -> UnsafeMutableRawPointer? {
    // Signals from the test are handled on the main thread.
    var signals = sigset_t()
    unsafe sigfillset(&signals)
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    var channel = pollfd(fd: STDIN_FILENO, events: 0, revents: 0)
    while unsafe poll(&channel, 1, -1) <= 0 || channel.revents & Int16(POLLHUP) == 0 {
        if channel.revents & Int16(POLLNVAL) != 0 { return nil }
    }
    _exit(75)
}
