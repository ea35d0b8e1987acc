// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "tessera",
    products: [
        .library(name: "Tessera", targets: ["TesseraPipeline"]),
        // libtessera.so, once Scripts/build-library has linked and named it.
        .library(name: "CTessera", type: .dynamic, targets: ["TesseraLibrary"]),
        .executable(name: "tessera", targets: ["TesseraCLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Ground: kernels in C, and the tensors, threads and seeded randomness above them.
        .target(name: "CTesseraKernels"),
        .target(name: "TesseraTensor", dependencies: ["CTesseraKernels"]),

        // Currency: tokens, grids of tokens, and what it is to make and to predict them.
        .target(name: "TesseraTokens", dependencies: ["TesseraTensor"]),

        // Edges: the only targets that open files.
        .target(name: "CTesseraFiles"),
        .target(name: "TesseraFiles", dependencies: ["CTesseraFiles"]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng16", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
        .target(
            name: "CTesseraCodecs", dependencies: ["CPNG", "CJPEG"],
            linkerSettings: [.linkedLibrary("z")]),
        .target(
            name: "TesseraImage",
            dependencies: ["CTesseraCodecs", "TesseraFiles", "TesseraTensor"]),
        .target(name: "TesseraJSON"),
        .target(
            name: "TesseraCheckpoint",
            dependencies: ["TesseraFiles", "TesseraJSON", "TesseraTensor"]),
        .target(
            name: "TesseraDataset",
            dependencies: [
                "CTesseraCodecs", "TesseraFiles", "TesseraJSON", "TesseraTensor", "TesseraTokens",
                "TesseraImage", "TesseraCheckpoint",
            ]),

        // Weight formats, and files of weights as networks read them.
        .target(name: "TesseraPacking", dependencies: ["TesseraTensor", "TesseraCheckpoint"]),

        // Models: pixels to tokens and back; tokens to logits.
        .target(
            name: "TesseraLayers",
            dependencies: ["TesseraTensor", "TesseraCheckpoint", "TesseraPacking"]),
        .target(
            name: "TesseraTokenizer",
            dependencies: [
                "TesseraTensor", "TesseraTokens", "TesseraLayers", "TesseraCheckpoint",
                "TesseraJSON", "TesseraPacking",
            ]),
        .target(
            name: "TesseraPrior",
            dependencies: [
                "TesseraTensor", "TesseraTokens", "TesseraLayers", "TesseraCheckpoint",
                "TesseraJSON", "TesseraPacking",
            ]),
        .target(
            name: "TesseraDenoiser",
            dependencies: [
                "TesseraTensor", "TesseraTokens", "TesseraLayers", "TesseraCheckpoint",
                "TesseraJSON", "TesseraPacking", "TesseraInverse",
            ]),
        .target(
            name: "TesseraModels",
            dependencies: [
                "TesseraTensor", "TesseraTokens", "TesseraCheckpoint", "TesseraPacking",
                "TesseraTokenizer", "TesseraPrior", "TesseraDenoiser", "TesseraInverse",
            ]),
        .target(
            name: "TesseraPerception", dependencies: ["TesseraTensor", "TesseraCheckpoint"]),

        // Mathematics: knows neither networks nor files.
        .target(name: "TesseraSampler", dependencies: ["TesseraTensor", "TesseraTokens"]),
        .target(name: "TesseraInverse", dependencies: ["TesseraTensor"]),
        .target(
            name: "TesseraExemplar",
            dependencies: ["CTesseraKernels", "TesseraTensor", "TesseraInverse"]),
        .target(
            name: "TesseraPosterior",
            dependencies: [
                "CTesseraKernels", "TesseraTensor", "TesseraTokens", "TesseraSampler",
                "TesseraInverse",
            ]),

        .target(name: "TesseraCuration", dependencies: ["TesseraTensor", "TesseraTokens"]),

        // Works: what is done to one picture.
        .target(
            name: "TesseraPipeline",
            dependencies: [
                "TesseraTensor", "TesseraTokens", "TesseraImage", "TesseraJSON",
                "TesseraCheckpoint", "TesseraPacking", "TesseraDataset", "TesseraTokenizer",
                "TesseraModels", "TesseraSampler", "TesseraInverse", "TesseraExemplar",
                "TesseraPosterior", "TesseraPerception",
            ]),

        // Jobs: whole data sets, experiments and folders of pictures.
        .target(
            name: "TesseraJobs",
            dependencies: [
                "TesseraPipeline", "TesseraFiles", "TesseraTensor", "TesseraTokens", "TesseraImage",
                "TesseraCheckpoint", "TesseraDataset", "TesseraInverse", "TesseraCuration",
                "TesseraTokenizer", "TesseraPosterior", "TesseraPerception", "TesseraJSON",
            ]),

        // Roof: the command, which has options, output and exit codes and nothing else.
        .executableTarget(
            name: "TesseraCLI",
            dependencies: [
                "TesseraJobs", "TesseraPipeline", "TesseraFiles", "TesseraTensor", "TesseraTokens",
                "TesseraImage", "TesseraJSON", "TesseraCheckpoint", "TesseraDataset",
                "TesseraTokenizer", "TesseraModels", "TesseraSampler", "TesseraInverse",
                "TesseraPosterior", "TesseraPacking", "TesseraPerception",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ]),

        // The roof for other languages: tessera.h, and its functions.
        .target(name: "CTesseraLibrary"),
        .target(
            name: "TesseraLibrary",
            dependencies: [
                "CTesseraLibrary", "TesseraTensor", "TesseraTokens", "TesseraImage",
                "TesseraCheckpoint", "TesseraInverse", "TesseraModels", "TesseraPipeline",
                "TesseraJobs", "TesseraDataset", "TesseraPosterior", "TesseraSampler",
            ]),

        // Holds the build against odd and hostile files, which are elsewhere: Scripts/check-corpora.
        .executableTarget(
            name: "CheckCorpora",
            dependencies: [
                "TesseraCheckpoint", "TesseraDataset", "TesseraImage", "TesseraSampler",
                "TesseraTensor",
            ],
            path: "Tests/Corpora", exclude: ["pixels.tsv"]),

        // Tests: one target for each of the above, and what they share.
        .target(
            name: "_TesseraTestSupport",
            dependencies: ["TesseraFiles", "TesseraImage", "TesseraTensor"],
            path: "Tests/_TesseraTestSupport", exclude: ["TinyModel"]),
        .testTarget(
            name: "TesseraDatasetTests",
            dependencies: [
                "TesseraDataset", "TesseraCheckpoint", "TesseraFiles", "TesseraJSON",
                "TesseraTokens", "TesseraTensor", "_TesseraTestSupport",
            ]),
        .testTarget(
            name: "TesseraCheckpointTests",
            dependencies: [
                "TesseraCheckpoint", "TesseraJSON", "TesseraFiles", "TesseraTensor",
                "_TesseraTestSupport",
            ]),
        .testTarget(
            name: "TesseraTensorTests",
            dependencies: ["CTesseraKernels", "TesseraTensor", "_TesseraTestSupport"]),
        .testTarget(
            name: "TesseraSamplerTests",
            dependencies: [
                "TesseraTensor", "TesseraTokens", "TesseraSampler", "_TesseraTestSupport",
            ]),
        .testTarget(
            name: "TesseraInverseTests",
            dependencies: ["TesseraTensor", "TesseraInverse", "_TesseraTestSupport"],
            resources: [.copy("Fixtures")]),
        .testTarget(
            name: "TesseraExemplarTests",
            dependencies: ["TesseraTensor", "TesseraInverse", "TesseraExemplar"]),
        .testTarget(
            name: "TesseraPosteriorTests",
            dependencies: [
                "TesseraTensor", "TesseraTokens", "TesseraSampler", "TesseraInverse",
                "TesseraPosterior", "_TesseraTestSupport",
            ]),
        .testTarget(
            name: "TesseraCurationTests",
            dependencies: ["TesseraCuration", "TesseraTensor", "TesseraTokens"]),
        .testTarget(
            name: "TesseraPackingTests",
            dependencies: [
                "TesseraPacking", "TesseraCheckpoint", "TesseraJSON", "TesseraTensor",
                "_TesseraTestSupport",
            ]),
        .testTarget(
            name: "TesseraFilesTests",
            dependencies: ["CTesseraFiles", "TesseraFiles", "_TesseraTestSupport"]),
        .testTarget(name: "TesseraJSONTests", dependencies: ["TesseraJSON"]),
        .testTarget(
            name: "TesseraImageTests",
            dependencies: ["TesseraImage", "TesseraFiles", "TesseraTensor", "_TesseraTestSupport"],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "TesseraTokensTests",
            dependencies: ["TesseraTensor", "TesseraTokens", "_TesseraTestSupport"]),
        .testTarget(
            name: "TesseraPipelineTests",
            dependencies: [
                "TesseraPipeline", "TesseraTensor", "TesseraTokens", "TesseraImage", "TesseraJSON",
                "TesseraCheckpoint", "TesseraInverse", "TesseraPosterior", "TesseraSampler",
                "TesseraPerception", "TesseraDenoiser", "_TesseraTestSupport",
            ]),
        .testTarget(
            name: "TesseraJobsTests",
            dependencies: [
                "TesseraJobs", "TesseraPipeline", "TesseraDataset", "TesseraFiles", "TesseraTensor",
                "TesseraTokens",
                "TesseraImage", "TesseraJSON", "TesseraCheckpoint", "TesseraInverse",
                "TesseraPosterior", "_TesseraTestSupport",
            ]),
        .testTarget(
            name: "TesseraCLITests",
            dependencies: [
                "TesseraCLI", "TesseraFiles", "TesseraImage", "TesseraJSON", "TesseraCheckpoint",
                "TesseraTensor", "_TesseraTestSupport",
            ]),
        .testTarget(
            name: "TesseraLibraryTests",
            dependencies: [
                "CTesseraLibrary", "TesseraLibrary", "TesseraTensor", "TesseraTokens",
                "TesseraImage", "TesseraCheckpoint", "TesseraInverse", "TesseraPipeline",
                "TesseraJobs", "TesseraPosterior", "TesseraSampler",
                "_TesseraTestSupport",
            ]),
        .testTarget(
            name: "TesseraLayersTests",
            dependencies: [
                "TesseraLayers", "TesseraTensor", "TesseraCheckpoint", "TesseraPacking",
                "_TesseraTestSupport",
            ],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "TesseraTokenizerTests",
            dependencies: [
                "TesseraTokenizer", "TesseraTensor", "TesseraTokens", "TesseraJSON",
                "TesseraCheckpoint", "TesseraPacking", "_TesseraTestSupport",
            ],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "TesseraModelsTests",
            dependencies: [
                "TesseraModels", "TesseraCheckpoint", "TesseraJSON", "TesseraPacking",
                "TesseraTensor", "TesseraTokenizer", "TesseraTokens", "_TesseraTestSupport",
            ],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "TesseraDenoiserTests",
            dependencies: [
                "TesseraDenoiser", "TesseraCheckpoint", "TesseraInverse", "TesseraJSON",
                "TesseraPacking", "TesseraTensor", "_TesseraTestSupport",
            ],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "TesseraPriorTests",
            dependencies: [
                "TesseraPrior", "TesseraTensor", "TesseraTokens", "TesseraJSON",
                "TesseraCheckpoint", "TesseraPacking", "_TesseraTestSupport",
            ],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "TesseraPerceptionTests",
            dependencies: [
                "TesseraPerception", "TesseraTensor", "TesseraCheckpoint", "_TesseraTestSupport",
            ],
            exclude: ["Fixtures"]),
    ],
    cLanguageStandard: .gnu17
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
}
