import TesseraImage
import TesseraTensor

/// The samples of a picture as numbers.
private func values(_ samples: Samples) -> [Int] {
    switch samples {
    case .eight(let values): values.map(Int.init)
    case .sixteen(let values): values.map(Int.init)
    }
}

private func picture(_ path: String, _ report: inout Report) -> Image? {
    switch read(path) {
    case .success(let image): return image
    case .failure(let error):
        report.expect(false, path, "\(error)")
        return nil
    }
}

/// Names tell what the files of PngSuite are; damaged ones begin with x; twins differ in coding only.
func checkPNGSuite(_ corpora: String, _ report: inout Report) {
    let folder = "\(corpora)/pngsuite/png"
    let names = files(below: folder, ending: ".png")
    for name in names where name.hasPrefix("x") {
        if case .success = read("\(folder)/\(name)") {
            report.expect(false, name, "is damaged, but was read")
        }
    }
    for name in names where !name.hasPrefix("x") {
        guard let image = picture("\(folder)/\(name)", &report) else { continue }
        // For example basn3p08.png: n not interlaced, 3 the colour type, p, 08 the bits.
        let letters = Array(name)
        if let header = try? ImageHeader(contentsOf: "\(folder)/\(name)"), name != "exif2c08.png" {
            let types: [Character: ImageHeader.ColourEncoding] = [
                "0": .gray, "2": .rgb, "3": .palette, "4": .gray, "6": .rgb,
            ]
            report.expect(header.encoding == types[letters[4]], name, "is \(header.encoding)")
            report.expect(
                header.bitsPerSample == Int(String(letters[6 ... 7])), name,
                "has \(header.bitsPerSample) bits")
            report.expect(
                header.isProgressive == (letters[3] == "i"), name, "is interlaced or is not")
        }
        for twin in twins(of: name) where names.contains(twin) {
            guard let other = picture("\(folder)/\(twin)", &report) else { continue }
            report.expect(
                other.samples == image.samples && other.alpha == image.alpha, name,
                "is not the same picture as \(twin)")
        }
    }
    report.finish("pngsuite by its names", fileCount: names.count)
}

/// The files that hold the same picture: interlaced, in more chunks, or compressed more.
private func twins(of name: String) -> [String] {
    var twins: [String] = []
    var letters = Array(name)
    if letters[3] == "n" {
        letters[3] = "i"
        twins.append(String(letters))
    }
    for digit in ["2", "4", "9"] where name.hasPrefix("oi1") {
        twins.append("oi\(digit)" + name.dropFirst(3))
    }
    for digit in ["03", "06", "09"] where name.hasPrefix("z00") {
        twins.append("z\(digit)" + name.dropFirst(3))
    }
    return twins
}

/// The pictures of one scene, stored in the eight orientations, look alike once upright.
func checkOrientations(_ corpora: String, _ report: inout Report) {
    var fileCount = 0
    for scene in ["Landscape", "Portrait"] {
        let folder = "\(corpora)/exif-orientation"
        guard let upright = picture("\(folder)/\(scene)_1.jpg", &report) else { continue }
        for orientation in 2 ... 8 {
            let name = "\(scene)_\(orientation).jpg"
            guard let image = picture("\(folder)/\(name)", &report) else { continue }
            fileCount += 1
            report.expect(
                image.width == upright.width && image.height == upright.height, name,
                "is \(image.width) × \(image.height)")
            let header = try? ImageHeader(contentsOf: "\(folder)/\(name)")
            report.expect(header?.orientation.rawValue == orientation, name, "has another tag")
            let difference = meanDifference(image, upright)
            // Each shows its own number and was compressed by itself; turned wrongly, 40 and more.
            report.expect(difference < 5, name, "differs by \(difference) levels in the mean")
        }
    }
    report.finish("exif-orientation turned upright", fileCount: fileCount)
}

/// A JPEG is nearly the bitmap it was made of; all ways to code it give nearly the same.
func checkJPEGReferences(_ corpora: String, _ report: inout Report) {
    let folder = "\(corpora)/libjpeg-turbo/testimages"
    let original = portablePixmap(bytes("\(folder)/testorig.ppm"))
    report.expect(original != nil, "testorig.ppm", "is no pixmap of 8 bits")
    // Arithmetic coding and the reference's integer transform, from a stronger compression.
    let allowed = ["testorig.jpg": 0.5, "testimgari.jpg": 0.7, "testimgint.jpg": 0.7]
    for (name, limit) in allowed {
        guard let original, let image = picture("\(folder)/\(name)", &report) else { continue }
        let difference = meanDifference(image, original)
        report.expect(difference < limit, name, "differs by \(difference) levels in the mean")
    }
    if case .failure(let error) = read("\(folder)/monkey12.jpg") {
        report.expect(error == .unsupportedJPEG(.bits(12)), "monkey12.jpg", "\(error)")
    } else {
        report.expect(false, "monkey12.jpg", "has 12 bits, but was read")
    }
    report.finish("libjpeg-turbo against its bitmap", fileCount: allowed.count + 1)
}

private func meanDifference(_ first: Image, _ second: Image) -> Double {
    let (a, b) = (values(first.samples), values(second.samples))
    guard a.count == b.count else { return .infinity }
    return Double(zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) }) / Double(a.count)
}

/// Reads a binary pixmap (P6) of 8 bits without comments.
private func portablePixmap(_ bytes: [UInt8]) -> Image? {
    let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x0A }
    let words = bytes.prefix(64).split(maxSplits: 4, whereSeparator: isSpace)
        .map { String(decoding: $0, as: UTF8.self) }
    guard words.count == 5, words[0] == "P6", words[3] == "255", let width = Int(words[1]),
        let height = Int(words[2]), width > 0, height > 0, bytes.count > width * height * 3
    else { return nil }
    return Image(
        width: width, height: height, colour: .rgb,
        samples: .eight(Array(bytes.suffix(width * height * 3))))
}

/// The pixels of every sound PNG, by their checksum, as an independent decoder found them.
func checkPixelSums(_ corpora: String, table path: String, _ report: inout Report) {
    let rows = table(path).filter { $0.count == 2 }
    for row in rows {
        guard let image = picture("\(corpora)/\(row[0])", &report) else { continue }
        report.expect(pixelSum(image) == row[1], row[0], "has pixels \(pixelSum(image))")
    }
    report.finish("PNG pixels by checksum", fileCount: rows.count)
}

/// FNV-1a over the size, the channels and then each pixel's samples, alpha last, as 64-bit words.
private func pixelSum(_ image: Image) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ number: Int) { hash = (hash ^ UInt64(number)) &* 0x100_0000_01B3 }
    let channelCount = image.colour.channelCount
    let colours = values(image.samples)
    let alpha = image.alpha.map(values)
    for number in [image.width, image.height, channelCount + (alpha == nil ? 0 : 1)] { add(number) }
    for pixel in 0 ..< image.width * image.height {
        for channel in 0 ..< channelCount { add(colours[pixel * channelCount + channel]) }
        if let alpha { add(alpha[pixel]) }
    }
    return String(hash, radix: 16)
}
