import ArgumentParser
import ClientServer
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

    @Test(arguments: ["3", "0x3", "0X3", "03"])
    func portMasksAreHexadecimal(text: String) { #expect(PortMask(argument: text)?.bits == 3) }

    @Test(arguments: ["", "0", "0x", "-1", "+3", "xyz", "100000000", "3 "])
    func otherPortMasksAreRefused(text: String) { #expect(PortMask(argument: text) == nil) }

    @Test func aPortMaskChoosesPorts() throws {
        #expect(try PortMask(argument: "a")?.choose(among: [0, 1, 2, 3]) == [1, 3])
    }

    @Test func aPortMaskNamesExistingPortsOfAnEvenNumber() throws {
        let mask = try #require(PortMask(argument: "7"))
        #expect(throws: Program.Failure.self) { try mask.choose(among: [0, 1]) }
        #expect(throws: Program.Failure.self) { try mask.choose(among: [0, 1, 2]) }
    }

    @Test(arguments: [
        ["-n", "2"], ["-p", "3"], ["-p", "3", "-n", "0"], ["-p", "3", "-n", "17"], ["-p", "3", "-n", "300"],
        ["-p", "3", "-n", "2", "--ring-size", "100"], ["-p", "3", "-n", "2", "--burst", "0"],
        ["-p", "3", "-n", "2", "--when-full", "wait"], ["-p", "3", "-n", "2", "--when-full", "wait", "-1"],
        ["-p", "3", "-n", "2", "--when-full", "never"], ["-p", "3", "-n", "2", "--dispatch", "random"],
    ])
    func otherServerOptionsAreRefused(arguments: [String]) {
        #expect(throws: (any Error).self) { try ServerOptions.parse(arguments) }
    }

    @Test func aFullRingIsWaitedForAsLongAsSaid() throws {
        #expect(try ServerOptions.parse(["-p", "3", "-n", "2"]).patience() == 0)
        #expect(try ServerOptions.parse(["-p", "3", "-n", "2", "--when-full", "wait", "50"]).patience() == 50)
    }

    @Test(arguments: [[], ["-n", "16"], ["-n", "-1"], ["-n", "0", "--wait", "-1"], ["-n", "0", "--burst", "0"]])
    func otherClientOptionsAreRefused(arguments: [String]) {
        #expect(throws: (any Error).self) { try ClientOptions.parse(arguments) }
    }
}
