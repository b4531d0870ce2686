public import ArgumentParser
public import DPDKMultiProcess

extension Idle.Strategy: ExpressibleByArgument {}

/// Throws a problem of the command line unless `isValid` is so.
public func check(_ isValid: Bool, _ problem: String) throws {
    guard isValid else { throw ValidationError(problem) }
}
