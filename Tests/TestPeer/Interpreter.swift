import DPDKMultiProcess

let interpreterSubcommands: [String: Subcommand] = ["interpret": interpret]

/// One line for the interpreter: a command, its words, and its `key=value` options.
struct Request {
    let command: String
    let words: [String]
    private let options: [String: String]

    init?(_ line: String) {
        var all = line.split(separator: " ").map(String.init)
        guard !all.isEmpty else { return nil }
        command = all.removeFirst()
        // EAL's options are words: `--file-prefix=name`.
        let named = all.filter { $0.contains("=") && !$0.hasPrefix("-") }
        words = all.filter { !($0.contains("=") && !$0.hasPrefix("-")) }
        options = named.reduce(into: [:]) { options, word in
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            options[String(parts[0])] = String(parts[1])
        }
    }

    /// The word at a position, counted after the command.
    func word(_ index: Int) throws -> String {
        guard words.indices.contains(index) else { throw Misuse("'\(command)' needs word \(index + 1)") }
        return words[index]
    }

    func number<Number: FixedWidthInteger>(_ index: Int, as type: Number.Type = Number.self) throws -> Number {
        guard let number = Number(try word(index)) else { throw Misuse("'\(try word(index))' is no number") }
        return number
    }

    /// The value of an option.
    subscript(option: String) -> String? { options[option] }

    func number(_ option: String) -> Int? { options[option].flatMap { Int($0) } }
}

/// A command: returns the text that follows `ok` in its answer.
typealias Command = @Sendable (Request, Session) throws -> String

/// A command that makes an object and keeps it under the name `KIND WORD`.
func making<Thing: ~Copyable>(
    _ kind: String, _ make: @escaping @Sendable (Request, Session) throws -> Thing
) -> Command {
    { request, session in
        session.keep(try make(request, session), as: "\(kind) \(try request.word(0))")
        return ""
    }
}

/// The error of a line that the interpreter does not understand, which is a mistake in the test.
struct Misuse: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The objects that the commands of this process have made, by name: handles, ends, bursts.
final class Session {
    private(set) var launched: AutoProcess?
    private var things: [String: AnyObject] = [:]
    /// How long the last command took.
    var lastDuration = Duration.zero

    func launched(_ process: AutoProcess) { launched = process }

    /// This process, in any role.
    var process: DPDKProcess {
        get throws {
            guard let launched else { throw Misuse("nothing was started") }
            return launched.process
        }
    }

    var primary: PrimaryProcess {
        get throws {
            guard case .primary(let primary)? = launched else { throw Misuse("this is no primary") }
            return primary
        }
    }

    var secondary: SecondaryProcess {
        get throws {
            guard case .secondary(let secondary)? = launched else { throw Misuse("this is no secondary") }
            return secondary
        }
    }

    /// Keeps an object under a name, such as `producer ticks`, and releases the one that had the name before.
    func keep<Thing: ~Copyable>(_ thing: consuming Thing, as name: String) { things[name] = Box(thing) }

    /// Calls a closure with the object that has a name.
    func with<Thing: ~Copyable, Result>(
        _ name: String, as type: Thing.Type = Thing.self, _ body: (inout Thing) throws -> Result
    ) throws -> Result {
        guard let thing = things[name] else { throw Misuse("there is no '\(name)'") }
        guard let box = thing as? Box<Thing> else { throw Misuse("'\(name)' is no \(Thing.self)") }
        return try body(&box.thing)
    }

    /// The copyable object of this type that has a name.
    func kept<Thing>(_ name: String, as type: Thing.Type = Thing.self) throws -> Thing { try with(name) { $0 } }

    /// The copyable object of any type that has a name.
    func box(_ name: String) throws -> AnyObject {
        guard let thing = things[name] else { throw Misuse("there is no '\(name)'") }
        return thing
    }

    /// Releases the object that has a name.
    func drop(_ name: String) throws {
        guard things.removeValue(forKey: name) != nil else { throw Misuse("there is no '\(name)'") }
    }
}

/// A box for one value, copyable or not.
final class Box<Thing: ~Copyable> {
    var thing: Thing
    init(_ thing: consuming Thing) { self.thing = thing }
}

// Each group of commands has its own file, whose table is added here.
private let commandTables = [
    processCommands, ringCommands, regionCommands, raceCommands, memoryCommands, packetCommands, portCommands,
    frameCommands, portRaceCommands, foreignCommands, lockCommands, queueCommands,
]
private let commands: [String: Command] = commandTables.reduce(into: [:]) { all, some in
    all.merge(some) { _, _ in fatalError("two commands have one name") }
}

/// Runs the commands in the lines of its input, and answers each with one line.
///
/// The answer is `ok …` with the command's result, `error CODE pids=… ms=… …` for a `DPDKError`, or `misuse …` if the
/// line is wrong. Ends at the end of its input, without a shutdown.
@Sendable private func interpret(_ options: Options) -> CInt {
    let session = Session()
    while let line = readLine() {
        guard let request = Request(line) else { continue }
        guard let command = commands[request.command] else {
            Output.line("misuse there is no command '\(request.command)'")
            continue
        }
        let stopwatch = Stopwatch()
        defer { session.lastDuration = stopwatch.elapsed }
        do {
            let answer = try command(request, session)
            Output.line(answer.isEmpty ? "ok" : "ok \(answer)")
        } catch let error as DPDKError {
            Output.error(error, after: stopwatch.elapsed)
        } catch {
            Output.line("misuse \(error)")
        }
    }
    return 0
}

extension Session {
    /// Calls a closure with an end and a burst, found by their names.
    func with<End: ~Copyable>(
        _ name: String, as type: End.Type, burst: String, _ body: (inout End, inout PacketBurst) throws -> String
    ) throws -> String {
        try with("burst \(burst)", as: PacketBurst.self) { burst in
            try with(name, as: type) { end in try body(&end, &burst) }
        }
    }
}
