import ArgumentParser
import TesseraCheckpoint
import TesseraDataset
import TesseraFiles
import TesseraImage
import TesseraJSON
import TesseraJobs
import TesseraModels
import TesseraTokenizer

/// Files to what they say about themselves.
struct InspectCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what a model, a weight file, tokens or a picture say about themselves.",
        discussion: """
            Reads headers only. Of a picture that tessera made, shows the recipe; of a model its \
            networks, licence and measurements.

            Example: tessera inspect result.png --json
            """)

    @Argument(
        help: ArgumentHelp(
            "A model folder, the name of a model that ships, a folder of tokens or one of its shards, "
                + "a .safetensors file or a picture.",
            valueName: "path"),
        completion: .file())
    var path: String

    @Flag(help: "List every tensor, or every picture of a shard of tokens.")
    var tensors = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        let metadata: JSONObject
        do {
            metadata = try inspect()
        } catch let error as CheckpointError {
            throw .model(error.description)
        } catch {
            console.report(path, sentence(of: error))
            return .someFailed
        }
        if json {
            try console.print(JSONValue.object(metadata).compactText)
        } else {
            for line in lines(of: metadata, indent: "") { try console.print(line) }
        }
        return .done
    }

    private func inspect() throws -> JSONObject {
        if isFolder(path) {
            return try tokenFolderMetadata(of: path) ?? inspectFolder(path)
        }
        if path.fileExtension == "tar" {
            return tokenFileMetadata(of: try openGridFile(path), path)
        }
        if path.fileExtension == "safetensors" {
            let file = try SafetensorsFile(path: path)
            if file.description(of: "tokens") != nil {
                return tokenFileMetadata(of: try openGridFile(path), path)
            }
            let start: JSONObject = ["kind": "weights", "path": .string(path)]
            return start.merging(metadata(of: file, listingTensors: true))
        }
        if !isRegularFile(path), let shipped = ShippedModels().paths[path] {
            return try inspectFolder(shipped)
        }
        return metadata(of: try ImageHeader(contentsOf: path))
    }

    private func inspectFolder(_ path: String) throws -> JSONObject {
        let folder = try ModelFolder(path: path)
        var metadata: JSONObject = ["kind": "model", "path": .string(path)]
        if case .object(let description) = folder.description.json {
            metadata = metadata.merging(description)
        }
        if folder.description.parts[.tokenizer] != nil {
            metadata["bitsPerPosition"] = .integer(try folder.tokenizerTraits().bitsPerPosition)
        }
        try folder.check()
        var files = JSONObject()
        for role in ModelPart.Role.allCases {
            guard let name = folder.description.parts[role]?.file.name else { continue }
            let file = try SafetensorsFile(path: path + "/" + name)
            files[name] = .object(self.metadata(of: file, listingTensors: tensors))
        }
        metadata["files"] = .object(files)
        return metadata
    }

    private func metadata(of file: SafetensorsFile, listingTensors: Bool) -> JSONObject {
        var metadata: JSONObject = [
            "tensorCount": .integer(file.tensors.count),
            "parameters": .integer(
                file.tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }),
            "bytes": .integer(file.tensors.reduce(0) { $0 + $1.byteRange.count }),
        ]
        if !file.metadata.isEmpty {
            var texts = JSONObject()
            for (name, value) in file.metadata.sorted(by: { $0.key < $1.key }) {
                texts[name] = .string(value)
            }
            metadata["metadata"] = .object(texts)
        }
        guard listingTensors else { return metadata }
        metadata["tensors"] = .array(
            file.tensors.map { tensor in
                [
                    "name": .string(tensor.name), "type": .string(tensor.scalarType.rawValue),
                    "shape": .array(tensor.shape.map { .integer($0) }),
                ]
            })
        return metadata
    }

    private func metadata(of header: ImageHeader) -> JSONObject {
        var metadata: JSONObject = [
            "kind": "picture", "path": .string(path), "format": .string(header.format.rawValue),
            "width": .integer(header.width), "height": .integer(header.height),
            "colour": .string(header.encoding.rawValue), "bits": .integer(header.bitsPerSample),
            "alpha": .boolean(header.hasAlpha), "progressive": .boolean(header.isProgressive),
            "orientation": .integer(header.orientation.rawValue),
            "colourProfileBytes": .integer(header.colourProfile?.count ?? 0),
        ]
        metadata["furtherContent"] = header.furtherContent.map { .string($0) }
        var text = JSONObject()
        for entry in header.text {
            // A recipe is JSON itself; anything that is not stays the text that it is.
            let parsed = try? JSONValue(parsing: Array(entry.value.utf8))
            if case .object? = parsed {
                text[entry.keyword] = parsed
            } else {
                text[entry.keyword] = .string(entry.value)
            }
        }
        if !text.members.isEmpty { metadata["text"] = .object(text) }
        return metadata
    }
}

/// Facts as lines for people, nested ones indented.
private func lines(of metadata: JSONObject, indent: String) -> [String] {
    metadata.members.flatMap { member -> [String] in
        switch member.value {
        case .object(let inner):
            return ["\(indent)\(member.name.printable):"] + lines(of: inner, indent: indent + "  ")
        case .array(let values) where values.contains(where: \.isObject):
            return ["\(indent)\(member.name.printable):"]
                + values.map { "\(indent)  \(words(of: $0))" }
        default:
            return ["\(indent)\(member.name.printable): \(words(of: member.value))"]
        }
    }
}

/// A value on one line.
private func words(of value: JSONValue) -> String {
    switch value {
    case .string(let text): text.printable
    case .array(let values): values.map(words(of:)).joined(separator: ", ")
    case .object(let object): object.members.map { words(of: $0.value) }.joined(separator: "  ")
    default: value.compactText
    }
}

extension JSONValue {
    fileprivate var isObject: Bool {
        if case .object = self { true } else { false }
    }
}

extension JSONObject {
    /// The members of this object, then those of another.
    func merging(_ other: JSONObject) -> JSONObject {
        var merged = self
        for member in other.members { merged[member.name] = member.value }
        return merged
    }
}
