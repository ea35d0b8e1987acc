import TesseraCheckpoint
import TesseraDataset
import TesseraFiles
import TesseraImage

/// Why a job, or one item of it, cannot be done.
///
/// Jobs print nothing and never end the process: whoever runs one decides what a failure means. The
/// command gives each kind an exit code of its own.
public struct JobError: Error, Equatable, Sendable {
    /// What a failure is about, and with it who can do something.
    public enum Kind: Sendable {
        /// What was asked for cannot be: other arguments will help.
        case usage

        /// There is no such model, or it is not what it should be.
        case model

        /// The disk is full or broken: nothing more can be written.
        case storage

        /// One item cannot be done, while others can.
        case item
    }

    /// What the failure is about.
    public let kind: Kind

    /// One sentence, lower case, without a final period.
    public let sentence: String

    /// Describes a failure.
    ///
    /// - Parameters:
    ///   - kind: What it is about.
    ///   - sentence: One sentence, lower case, without a final period.
    public init(_ kind: Kind, _ sentence: String) {
        self.kind = kind
        self.sentence = sentence
    }
}

extension JobError: CustomStringConvertible {
    /// The sentence.
    public var description: String { sentence }
}

extension JobError {
    /// What was asked for cannot be.
    package static func usage(_ sentence: String) -> JobError { JobError(.usage, sentence) }

    /// The model is not what it should be.
    package static func model(_ sentence: String) -> JobError { JobError(.model, sentence) }

    /// Nothing more can be written.
    package static func storage(_ sentence: String) -> JobError { JobError(.storage, sentence) }

    /// One item cannot be done.
    package static func item(_ sentence: String) -> JobError { JobError(.item, sentence) }

    /// A failure to write shards: of the disk, or because the folder holds something else.
    package init(writing error: any Error) {
        if let error = error as? JobError {
            self = error
        } else if case .shard? = error as? DatasetError {
            self = .usage("\(error)")
        } else {
            self = .storage("\(error)")
        }
    }

    /// A failure of one item, which is of the disk if further files will fail too.
    package init(item error: any Error) {
        if let error = error as? JobError {
            self = error
        } else {
            self.init(isStorageFault(error) ? .storage : .item, TesseraJobs.sentence(of: error))
        }
    }

    /// What ends a run after an item that found the disk full or broken.
    package static let nothingMoreCanBeWritten = JobError.storage(
        "the run ends here, because nothing more can be written")
}

/// The sentence of an error, without the file if the error says that apart.
package func sentence(of error: any Error) -> String {
    switch error {
    case let error as JobError: error.sentence
    case let error as DatasetError: error.located.sentence
    default: "\(error)"
    }
}

/// Whether an error says that further files will fail too.
private func isStorageFault(_ error: any Error) -> Bool {
    switch error {
    case let error as FileError: error.isStorageFault
    case ImageError.file(let error): error.isStorageFault
    case CheckpointError.file(let error): error.isStorageFault
    case let error as DatasetError: error.isStorageFault
    default: false
    }
}
