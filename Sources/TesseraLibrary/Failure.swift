import CTesseraLibrary
import TesseraCheckpoint
import TesseraJobs

/// Why a call does not do what it was asked for.
struct Failure: Error {
    /// What the call returns.
    let status: tessera_status

    /// One sentence, without a final period.
    let sentence: String

    /// A pointer is null, or a number is outside its range.
    static func argument(_ sentence: String) -> Failure {
        Failure(status: TESSERA_ARGUMENT, sentence: sentence)
    }

    /// A buffer is smaller than what it must hold.
    static func capacity(_ sentence: String) -> Failure {
        Failure(status: TESSERA_CAPACITY, sentence: sentence)
    }

    /// A token is outside the vocabulary of its slot.
    static func token(_ sentence: String) -> Failure {
        Failure(status: TESSERA_TOKEN, sentence: sentence)
    }
}

/// Runs the body of a C function: a failure becomes its status and the message of this thread.
func reporting(_ body: () throws(Failure) -> Void) -> tessera_status {
    do {
        try body()
        return TESSERA_OK
    } catch {
        tessera_set_message(error.sentence)
        return error.status
    }
}

/// Reads something of a model: a checkpoint's error becomes a failure.
func loading<Result>(_ body: () throws(CheckpointError) -> Result) throws(Failure) -> Result {
    do { return try body() } catch {
        throw Failure(status: TESSERA_MODEL, sentence: error.description)
    }
}

/// Does a part of a job: its error becomes a failure.
func working<Result>(_ body: () throws(JobError) -> Result) throws(Failure) -> Result {
    do { return try body() } catch {
        let status =
            switch error.kind {
            case .usage, .item: TESSERA_ARGUMENT
            case .model: TESSERA_MODEL
            case .storage: TESSERA_STORAGE
            }
        throw Failure(status: status, sentence: error.sentence)
    }
}

extension Optional {
    /// The value behind a pointer that must not be null.
    ///
    /// - Parameter name: What the header calls the pointer.
    /// - Returns: The value.
    /// - Throws: A ``Failure`` if there is none.
    func needed(_ name: String) throws(Failure) -> Wrapped {
        guard let self else { throw .argument("'\(name)' is null, but must point to something") }
        return self
    }
}
