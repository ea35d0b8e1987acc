// swift-tools-version: 6.2
import PackageDescription

// Its own package, so that the library's users resolve and build none of it.
let package = Package(
    name: "tessera-benchmarks",
    dependencies: [.package(name: "tessera", path: "../..")],
    targets: [
        // What the processor could do if nothing but its multipliers mattered.
        .target(name: "CPeak"),
        // Kernels and stages: one command that prints a table of either.
        .executableTarget(
            name: "tessera-benchmarks",
            dependencies: ["CPeak", .product(name: "Tessera", package: "tessera")]),
    ],
    cLanguageStandard: .gnu17
)
