public import ArgumentParser
public import DPDKMultiProcess
internal import Glibc

extension Idle.Strategy: ExpressibleByArgument {}

/// Waits for a hundredth of a second, or for less if a signal comes.
public func nap() { usleep(10_000) }
