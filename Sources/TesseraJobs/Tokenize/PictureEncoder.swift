import Synchronization
import TesseraDataset
import TesseraImage
import TesseraPipeline
import TesseraTensor
import TesseraTokens

/// Makes tokens of the pictures of a shard, several pictures at once.
///
/// Each picture is read, decoded, resized and encoded by one thread, so that reading overlaps with
/// encoding and no thread waits for another; only where there are fewer pictures than threads do all
/// threads share one. Results have the same bits either way.
struct PictureEncoder {
    /// What became of a picture.
    enum Outcome {
        /// It was encoded, or was so before; the notes say what of its texts could not be read.
        case grid(StoredGrid, isNew: Bool, notes: [FailedItem])

        /// It could not be.
        case failed(FailedItem)

        /// It was passed over because that was asked for.
        case passedOver(reason: String)
    }

    let model: Model
    let preparation: PicturePreparation
    let texts: FolderTexts
    let gate: MemoryGate
    let isFailingFast: Bool
    let times = StageTimes()

    /// Encodes pictures.
    ///
    /// - Parameters:
    ///   - items: The pictures.
    ///   - grids: What need not be encoded again, by key.
    ///   - tell: Told of each outcome, in the order of the pictures; by one thread at a time. Answers
    ///     whether the run is to go on.
    /// - Returns: What became of each, in order; fewer if the run is to stop.
    func outcomes(
        of items: ArraySlice<ImageItem>, reusing grids: [String: StoredGrid],
        tell: (ImageItem, Outcome) -> Bool
    ) -> [Outcome] {
        let queue = Mutex(InOrder(count: items.count))
        let isStopped = Atomic(false)
        func run(_ index: Int) {
            guard !isStopped.load(ordering: .relaxed) else { return }
            let outcome = outcome(of: items[items.startIndex + index], grids)
            if isFailingFast, case .failed = outcome { isStopped.store(true, ordering: .relaxed) }
            queue.withLock { queue in
                queue.put(outcome, at: index) {
                    guard !tell(items[items.startIndex + $0], $1) else { return }
                    isStopped.store(true, ordering: .relaxed)
                }
            }
        }
        if items.count >= 2 * Processor.threadCount {
            ThreadPool.run(count: items.count, run)
        } else {
            for index in 0 ..< items.count { run(index) }
        }
        return queue.withLock { Array($0.outcomes.prefix($0.toldCount)).compactMap { $0 } }
    }

    private func outcome(of item: ImageItem, _ grids: [String: StoredGrid]) -> Outcome {
        do {
            let (item, faults) = try times.measure(.read) { try texts.described(item) }
            let notes = faults.map {
                let (path, sentence) = $0.located
                return FailedItem(key: item.key, path: path, code: $0.code, sentence: sentence)
            }
            if let grid = grids[item.key] { return .grid(grid, isNew: false, notes: notes) }
            let bytes = try times.measure(.read) { try item.bytes() }
            let header = try ImageHeader(bytes: bytes)
            if let reason = preparation.reasonToPassOver(
                width: header.width, height: header.height)
            {
                return .passedOver(reason: reason)
            }
            // Decoded samples are there twice while they are turned upright.
            let sampleCount = header.width * header.height * max(header.channelCount, 3)
            let byteCount = bytes.count + 2 * sampleCount * (header.bitsPerSample > 8 ? 2 : 1)
            let outcome = try gate.with(byteCount: byteCount) {
                let image = try times.measure(.decode) { try Image(bytes: bytes) }
                return Outcome.grid(grid(of: image, item), isNew: true, notes: notes)
            }
            return outcome
                ?? .failed(
                    FailedItem(
                        key: item.key, path: item.path, code: "memory-limit",
                        sentence: "the picture of \(header.width) x \(header.height) pixels needs "
                            + "\(byteCount >> 20) MiB, which is more than --max-memory allows"))
        } catch {
            return .failed(FailedItem(item, error))
        }
    }

    private func grid(of image: Image, _ item: ImageItem) -> StoredGrid {
        let pixels = times.measure(.resize) { preparation.pixels(of: image) }
        let (width, height) =
            pixels == nil ? (image.width, image.height) : (preparation.side, preparation.side)
        let grid = times.measure(.encode) {
            pixels.map { model.tokenizer.encode($0) } ?? model.tokens(of: image)
        }
        let isResized = width != image.width || height != image.height
        return StoredGrid(
            grid,
            for: TokenItem(
                key: item.key, label: item.label, caption: item.caption, width: width,
                height: height,
                sourceSize: isResized ? PixelSize(width: image.width, height: image.height) : nil,
                fields: item.fields))
    }
}

/// Reorders outcomes that finish out of order.
private struct InOrder: Sendable {
    private(set) var outcomes: [PictureEncoder.Outcome?]
    private(set) var toldCount = 0

    init(count: Int) {
        outcomes = Array(repeating: nil, count: count)
    }

    mutating func put(
        _ outcome: PictureEncoder.Outcome, at index: Int,
        tell: (Int, PictureEncoder.Outcome) -> Void
    ) {
        outcomes[index] = outcome
        while toldCount < outcomes.count, let next = outcomes[toldCount] {
            tell(toldCount, next)
            toldCount += 1
        }
    }
}

extension PictureEncoder.Outcome: Sendable {}
