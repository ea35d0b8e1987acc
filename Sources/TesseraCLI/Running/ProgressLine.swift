import TesseraImage
import TesseraJSON
import TesseraJobs
import TesseraPipeline

/// What a run says while it works: a line that is rewritten on a terminal, few plain lines elsewhere.
///
/// Off a terminal, where lines pile up in a log, one is printed when an item ends, but at most one in
/// ten seconds. The last line always tells what was done. For programs, each is a JSON object, at
/// most one a second.
package final class ProgressLine {
    /// Who reads it.
    package enum Style: String, CaseIterable {
        /// People.
        case text

        /// Programs: one JSON object a line.
        case json
    }

    private let console: Console
    private let isQuiet: Bool
    private let style: Style
    private var itemCount: Int
    private let noun: String
    private let start = ContinuousClock.now
    private let now: () -> ContinuousClock.Instant
    private var lastDrawn: ContinuousClock.Instant?
    private var doneCount = 0
    private var passedCount = 0
    private var failedCount = 0
    private var name = ""
    private var step = (number: 0, count: 0)
    private var activity = "step"
    private var isShown = false

    /// How long a log is left alone.
    package static let logInterval = Duration.seconds(10)

    /// How long a terminal is left alone, so that drawing costs nothing beside the work.
    package static let terminalInterval = Duration.milliseconds(100)

    /// How long a program is left alone.
    package static let eventInterval = Duration.seconds(1)

    package init(
        on console: Console, isQuiet: Bool, itemCount: Int, noun: String = "picture",
        style: Style = .text,
        now: @escaping () -> ContinuousClock.Instant = { .now }
    ) {
        self.console = console
        self.isQuiet = isQuiet
        self.itemCount = itemCount
        self.noun = noun
        self.style = style
        self.now = now
    }

    /// Says that work on an item begins.
    package func begin(_ name: String) {
        self.name = name
        step = (0, 0)
        if console.isTerminal && style == .text { draw() }
    }

    /// Says how many items there are, if more are found or it was a guess.
    package func expect(_ count: Int) {
        itemCount = count
    }

    /// Says that items need no work; they do not count for the speed.
    package func pass(_ count: Int) {
        doneCount += count
        passedCount += count
    }

    /// Says how far the item is, and in a word what is being done.
    package func advance(toStep number: Int, of count: Int, doing activity: String = "step") {
        step = (number, count)
        self.activity = activity
        draw()
    }

    /// Says how far the item is.
    func advance(_ progress: SamplingProgress<some Any>) {
        advance(
            toStep: progress.step, of: progress.stepCount,
            doing: progress.isCopying ? "copying" : "step")
    }

    /// Says that the item is done, or will not be.
    package func end(isFailed: Bool = false) {
        doneCount += 1
        failedCount += isFailed ? 1 : 0
        step = (0, 0)
        draw()
    }

    /// Makes room for a line of text.
    package func clear() {
        guard isShown else { return }
        console.writeMessage("\r\u{1B}[K")
        isShown = false
    }

    /// Says what was done in all.
    ///
    /// What cannot be looked at is no item, so that there can be more failures than items.
    ///
    /// - Parameters:
    ///   - madeCount: The number of items that were done.
    ///   - failedCount: The number of items, and of what might have been some, that were not done.
    ///   - skippedCount: The number of items that were there already.
    package func finish(madeCount: Int, failedCount: Int, skippedCount: Int = 0) {
        clear()
        guard !isQuiet else { return }
        guard style == .text else { return console.say(event("end", at: now())) }
        var line = "\(madeCount) \(noun)\(madeCount == 1 ? "" : "s") in \(clockText(now() - start))"
        if skippedCount > 0 { line += ", \(skippedCount) skipped" }
        if failedCount > 0 { line += ", \(failedCount) failed" }
        console.say(line)
    }

    /// Says how far the run is, in a line that stays, if somebody asked by a signal.
    private func answer(at time: ContinuousClock.Instant) {
        guard Signals.takeStateRequest() else { return }
        clear()
        console.say(style == .json ? event("progress", at: time) : text(at: time, withBar: false))
    }

    private func draw() {
        let time = now()
        answer(at: time)
        guard !isQuiet else { return }
        let isLive = console.isTerminal && style == .text
        let interval =
            style == .json
            ? ProgressLine.eventInterval
            : isLive ? ProgressLine.terminalInterval : ProgressLine.logInterval
        if time - (lastDrawn ?? (isLive ? time - interval : start)) < interval {
            return
        }
        lastDrawn = time
        if style == .json {
            console.say(event("progress", at: time))
        } else if isLive {
            console.writeMessage("\r\u{1B}[K" + text(at: time, withBar: true))
            isShown = true
        } else {
            console.say(text(at: time, withBar: false))
        }
    }

    /// Items a second, of those that needed work.
    private func rate(at time: ContinuousClock.Instant) -> Double? {
        doneCount > passedCount
            ? Double(doneCount - passedCount) / max((time - start).inSeconds, 1e-9) : nil
    }

    private func secondsLeft(at time: ContinuousClock.Instant, part: Double) -> Double? {
        let made = Double(doneCount - passedCount) + part
        let left = max(Double(itemCount - doneCount) - part, 0)
        return made > 0 ? (time - start).inSeconds * left / made : nil
    }

    private func event(_ kind: String, at time: ContinuousClock.Instant) -> String {
        func rounded(_ value: Double) -> JSONValue { .real((value * 1000).rounded() / 1000) }
        var object: JSONObject = [
            "event": .string(kind), "done": .integer(doneCount), "failed": .integer(failedCount),
            "passed": .integer(passedCount), "total": .integer(max(itemCount, doneCount)),
            "seconds": rounded((time - start).inSeconds),
        ]
        object["rate"] = rate(at: time).map(rounded)
        object["secondsLeft"] = secondsLeft(at: time, part: 0).map(rounded)
        return JSONValue.object(object).compactText
    }

    private func text(at time: ContinuousClock.Instant, withBar: Bool) -> String {
        let part = step.count > 0 ? Double(step.number) / Double(step.count) : 0
        let fraction = min((Double(doneCount) + part) / Double(max(itemCount, 1)), 1)
        var words: [String] = []
        if withBar {
            let filled = Int((fraction * 20).rounded(.down))
            words.append(
                "[" + String(repeating: "#", count: filled)
                    + String(repeating: "-", count: 20 - filled) + "]")
        }
        words.append("\(min(doneCount + 1, itemCount))/\(itemCount)")
        if !name.isEmpty { words.append(shortened(name.printable, to: 32)) }
        if step.count > 0 { words.append("\(activity) \(step.number)/\(step.count)") }
        if let rate = rate(at: time) {
            words.append(
                rate >= 1 ? "\(rounded(rate))/s" : "\(rounded(1 / rate)) s/\(noun)")
        }
        if let secondsLeft = secondsLeft(at: time, part: part) {
            words.append("left " + clockText(.seconds(secondsLeft)))
        }
        let line = words.joined(separator: "  ")
        return withBar ? String(line.prefix(console.columnCount - 1)) : line
    }
}

/// A duration as people read it: 3.2 s, 4:05, 1:02:03.
package func clockText(_ duration: Duration) -> String {
    let seconds = duration.inSeconds
    if seconds < 60 { return "\(rounded(seconds)) s" }
    let whole = Int(seconds)
    let tail = whole % 60 < 10 ? "0\(whole % 60)" : "\(whole % 60)"
    if whole < 3600 { return "\(whole / 60):\(tail)" }
    let minutes = whole / 60 % 60
    return "\(whole / 3600):\(minutes < 10 ? "0" : "")\(minutes):\(tail)"
}

/// A number with one digit after the point.
private func rounded(_ value: Double) -> String {
    "\((value * 10).rounded() / 10)"
}

/// The end of a text that is too long, which says more of a path than its beginning.
private func shortened(_ text: String, to count: Int) -> String {
    text.count <= count ? text : "…" + text.suffix(max(count - 1, 0))
}
