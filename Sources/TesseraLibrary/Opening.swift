public import CTesseraLibrary
import Glibc
import TesseraCheckpoint
import TesseraPipeline
import TesseraTensor
import TesseraTokens

// The functions of tessera.h that open and describe models. What they promise is written there.

/// The version of the interface.
@_cdecl("tessera_abi")
public func interfaceVersion() -> Int32 { TESSERA_ABI }

/// Opens a model.
@_cdecl("tessera_open")
public func openModel(
    _ name: UnsafePointer<CChar>?, _ threadCount: Int32,
    _ result: UnsafeMutablePointer<OpaquePointer?>?
) -> tessera_status {
    reporting { () throws(Failure) in
        let result = try result.needed("result")
        result.pointee = nil
        try useThreads(threadCount)
        let model = try loading { () throws(CheckpointError) in
            try OpenModel(folder(name.map { String(cString: $0) }))
        }
        result.pointee = OpaquePointer(Unmanaged.passRetained(model).toOpaque())
    }
}

/// Ends the use of a model.
@_cdecl("tessera_close")
public func closeModel(_ pointer: OpaquePointer?) {
    guard let pointer else { return }
    Unmanaged<OpenModel>.fromOpaque(UnsafeRawPointer(pointer)).release()
}

/// The name of a model.
@_cdecl("tessera_name")
public func modelName(_ pointer: OpaquePointer?) -> UnsafePointer<CChar>? {
    opened(pointer).map { UnsafePointer($0.name.start) }
}

/// The SHA-256 of the weights of a model's tokenizer.
@_cdecl("tessera_hash")
public func modelHash(_ pointer: OpaquePointer?) -> UnsafePointer<CChar>? {
    opened(pointer).map { UnsafePointer($0.hash.start) }
}

/// The side of the square of pixels that a position stands for.
@_cdecl("tessera_pixels_per_token")
public func modelPixelsPerToken(_ pointer: OpaquePointer?) -> Int {
    opened(pointer)?.model.tokenizer.pixelsPerToken ?? 0
}

/// How many slots a position has.
@_cdecl("tessera_slot_count")
public func modelSlotCount(_ pointer: OpaquePointer?) -> Int {
    opened(pointer)?.model.tokenizer.codeSpace.vocabulary.count ?? 0
}

/// How many tokens there are for a slot.
@_cdecl("tessera_vocabulary")
public func modelVocabulary(_ pointer: OpaquePointer?, _ slot: Int) -> Int {
    let vocabulary = opened(pointer)?.model.tokenizer.codeSpace.vocabulary ?? []
    return vocabulary.indices.contains(slot) ? vocabulary[slot] : 0
}

/// Whether holes can be filled.
@_cdecl("tessera_has_prior")
public func modelHasPrior(_ pointer: OpaquePointer?) -> Int32 {
    opened(pointer)?.hasPrior == true ? 1 : 0
}

/// The model behind a handle; `nil` behind a null one.
func opened(_ pointer: OpaquePointer?) -> OpenModel? {
    pointer.map { Unmanaged<OpenModel>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
}

/// The process that opened a model first: only there are the threads of the pool.
private let firstProcess = getpid()

/// Sets the number of threads of this process, unless it is 0.
///
/// A process that was forked from the first one is left alone: its pool remembers threads that the
/// fork did not copy, and would wait for their end.
private func useThreads(_ count: Int32) throws(Failure) {
    let count = try checked(count, "thread_count", in: 0 ... 1024)
    let isFirst = firstProcess == getpid()
    if count > 0, isFirst { Processor.setThreadCount(count) }
}

/// The folder of a model by its path or name, or of the best that ships.
private func folder(_ pathOrName: String?) throws(CheckpointError) -> ModelFolder {
    let shipped = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
        tessera_library_path(buffer.baseAddress).map {
            ShippedModels(executable: String(cString: $0))
        } ?? ShippedModels()
    }
    guard let pathOrName else { return try shipped.best(withPrior: false) }
    return try shipped.folder(pathOrName)
}
