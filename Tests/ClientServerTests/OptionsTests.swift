import ArgumentParser
import ClientServer
import DPDKMultiProcess
import Testing

@testable import mp_client
@testable import mp_server

@Suite("Command lines of server and client")
struct OptionsTests {
    @Test func theSamplesOptionsAreUnderstood() throws {
        let server = try ServerOptions.parse(["-p", "0xF", "-n", "2"])
        #expect(server.ports.bits == 15)
        #expect(server.clients == 2)
        #expect(try ClientOptions.parse(["-n", "7"]).client == 7)
    }

    /// As in getopt.
    @Test func valuesMayFollowTheirLetterAtOnce() throws {
        let server = try ServerOptions.parse(["-p3", "-n2"])
        #expect(server.ports.bits == 3)
        #expect(server.clients == 2)
        #expect(try ClientOptions.parse(["-n7"]).client == 7)
    }

    @Test func aNegativeNumberIsAnsweredWithTheRange() {
        for (message, parse) in [
            ("choose 1 to 16", { _ = try ServerOptions.parse(["-p", "3", "-n", "-1"]) }),
            ("choose 0 to 15", { _ = try ClientOptions.parse(["-n", "-1"]) }),
        ] {
            do {
                try parse()
                Issue.record("it was understood")
            } catch let error {
                #expect(ServerOptions.message(for: error).contains(message))
            }
        }
    }

    @Test func theRoleIsFixed() throws {
        func arguments(_ role: String) throws -> EALArguments {
            try EALArguments(commandLine: ["mp_client", "--proc-type=\(role)"])
        }
        #expect(try arguments("auto").always(.secondary).role == nil)
        #expect(try arguments("secondary").always(.secondary).role == nil)
        #expect(throws: ValidationError.self) { try arguments("primary").always(.secondary) }
        #expect(throws: ValidationError.self) { try arguments("secondary").always(.primary) }
    }

    @Test(arguments: ["3", "0x3", "0X3", "03"])
    func portMasksAreHexadecimal(text: String) { #expect(PortMask(argument: text)?.bits == 3) }

    @Test(arguments: ["", "0", "0x", "-1", "+3", "xyz", "100000000", "3 "])
    func otherPortMasksAreRefused(text: String) { #expect(PortMask(argument: text) == nil) }

    @Test func aPortMaskChoosesPorts() throws {
        #expect(try PortMask(argument: "a")?.choose(among: [0, 1, 2, 3]) == [1, 3])
    }

    @Test func aPortMaskNamesExistingPortsOfAnEvenNumber() throws {
        let mask = try #require(PortMask(argument: "7"))
        let missing = try #require(throws: Program.Failure.self) { try mask.choose(among: [0, 1]) }
        #expect("\(missing)".contains("do not exist") || "\(missing)".contains("does not exist"), "\(missing)")
        let odd = try #require(throws: Program.Failure.self) { try mask.choose(among: [0, 1, 2]) }
        #expect("\(odd)".contains("even number"), "\(odd)")
    }

    @Test(arguments: [
        (["-n", "2"], "--ports <ports>"), (["-p", "3"], "--clients <clients>"), (["-p", "zz", "-n", "2"], "zz"),
        (["-p", "3", "-n", "0"], "'-n 0': choose 1 to 16 clients"),
        (["-p", "3", "-n", "17"], "choose 1 to 16 clients"),
        (["-p", "3", "-n", "300"], "choose 1 to 16 clients"),
        (["-p", "3", "-n", "2", "--ring-size", "100"], "choose a power of two from 2"),
        (["-p", "3", "-n", "2", "--burst", "0"], "choose 1 to 512 packets"),
        (["-p", "3", "-n", "2", "--burst", "513"], "choose 1 to 512 packets"),
        (["-p", "3", "-n", "2", "--link-wait=-1"], "choose 0 to 3600 seconds"),
        (["-p", "3", "-n", "2", "--when-full", "wait"], "'--when-full wait': write 'drop', or 'wait' and"),
        (["-p", "3", "-n", "2", "--when-full", "wait", "0"], "1 to 100000 microseconds"),
        (["-p", "3", "-n", "2", "--when-full", "never"], "'--when-full never': write 'drop'"),
        (["-p", "3", "-n", "2", "--dispatch", "random"], "round-robin"),
        (["-p", "3", "-n", "2", "--respawn", " "], "'--respawn': name a command"),
        (["-p", "3", "-n", "2", "--respawn"], "--respawn <command>"),
    ])
    func otherServerOptionsAreRefused(arguments: [String], text: String) throws {
        let error = try #require(throws: (any Error).self) { try ServerOptions.parse(arguments) }
        let message = ServerOptions.message(for: error)
        #expect(message.contains(text), "\(message)")
    }

    @Test func aClientWaitsForEverOnlyIfItReconnects() throws {
        #expect(try ClientOptions.parse(["-n", "0"]).patience == .seconds(5))
        #expect(try ClientOptions.parse(["-n", "0", "--wait", "7"]).patience == .seconds(7))
        #expect(try ClientOptions.parse(["-n", "0", "--reconnect"]).patience == nil)
        #expect(try ClientOptions.parse(["-n", "0", "--reconnect", "--wait", "7"]).patience == .seconds(7))
    }

    @Test func aFullRingIsWaitedForAsLongAsSaid() throws {
        #expect(try ServerOptions.parse(["-p", "3", "-n", "2"]).patience() == 0)
        #expect(try ServerOptions.parse(["-p", "3", "-n", "2", "--when-full", "wait", "50"]).patience() == 50)
    }

    @Test(arguments: [
        ([], "--client <client>"), (["-n", "16"], "'-n 16': choose 0 to 15"), (["-n", "x"], "x"),
        (["-n", "0", "--wait=-1"], "choose 0 to 86400 seconds"),
        (["-n", "0", "--burst", "0"], "choose 1 to 512 packets"),
        (["-n", "0", "--take-over=1"], "--take-over"), (["-n", "0", "--reconnect", "1"], "1"),
    ])
    func otherClientOptionsAreRefused(arguments: [String], text: String) throws {
        let error = try #require(throws: (any Error).self) { try ClientOptions.parse(arguments) }
        let message = ClientOptions.message(for: error)
        #expect(message.contains(text), "\(message)")
    }
}
