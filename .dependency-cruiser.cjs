/** The arrows of the architecture. Every rule says why; `from` may not import `to`. */
const layer = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });
const PROTOCOL = "^protocols/(?!(?:core|wire|net|host|clients|sim|check|services|causality|query|words)/)([^/]+)/"; // one protocol's folder

module.exports = {
  forbidden: [
    layer("protocols-are-pure", "Protocol code runs in a child process, a simulator and a browser tab: it may use only itself, zod, the persistent collections of immutable, and the hashes and signatures of noble.",
      { path: "^protocols/" }, { pathNot: ["^protocols/", "^node_modules/(zod|immutable|@noble)/"] }),
    layer("core-is-the-floor", "protocols/core is the vocabulary: it knows no protocol, no simulator, no network.",
      { path: "^protocols/core/" }, { path: "^protocols/(?!core/)" }),
    layer("protocol-stands-alone", "A protocol reads on its own with core and its paper; share by moving to core.",
      { path: PROTOCOL }, { path: "^protocols/", pathNot: ["^protocols/core/", "^protocols/$1/"] }),
    layer("contract-is-a-leaf", "The wire contract is data: types and schemas, no behaviour.",
      { path: "^main/contract/" }, { pathNot: ["^main/contract/", "^protocols/core/", "^node_modules/zod/"] }),
    layer("renderer-speaks-the-contract", "The screen reaches main only through the contract, so the same screen runs in a browser.",
      { path: "^renderer/" }, { path: "^main/", pathNot: "^main/contract/" }),
    layer("renderer-is-browser-code", "No node core and no electron on the screen side.",
      { path: "^renderer/" }, { dependencyTypes: ["core"] }),
    layer("electron-in-one-place", "Everything else must run headless.",
      { pathNot: "^main/hosts/electron/" }, { path: "^(node_modules/)?electron(/|$)" }),
    layer("sqlite-in-one-place", "Only the recorder knows how events are stored.",
      { pathNot: ["^main/recorder/", "^test/(bench/recorder|main/recorder/)"] }, { path: ["^(node_modules/)?better-sqlite3(/|$)", "^(node:)?sqlite$"] }),
    layer("siblings-do-not-meet", "Subsystems of main are wired by lab.ts, never by each other.",
      { path: "^main/(check|cluster|node|proxy|recorder|replay)/" },
      { path: "^main/", pathNot: ["^main/(contract|programs|signing)/", "^main/$1/"] }),
    layer("hosts-are-shells", "A host holds a lab; nothing holds a host, and hosts do not share code.",
      { pathNot: "^(main/hosts/|test/)" }, { path: "^main/hosts/" }),
    layer("hosts-stand-alone", "One shell, one folder.",
      { path: "^main/hosts/([^/]+)/" }, { path: "^main/(hosts|check|cluster|node|proxy|recorder|replay)/", pathNot: "^main/hosts/$1/" }),
    layer("model-is-plain", "renderer/model is pure folding of events: no Vue, no store, no client.",
      { path: "^renderer/model/" }, { pathNot: ["^renderer/model/", "^protocols/", "^main/contract/"] }),
    layer("panels-read-stores", "Panels see stores and model; only stores hold the client.",
      { path: "^renderer/(panels|components|views)/" }, { path: "^renderer/client/" }),
    layer("nothing-imports-test", "Tests look in; nothing looks out at them.",
      { pathNot: "^test/" }, { path: "^test/" }),
    layer("no-cycles", "A cycle means two files are one file, or an arrow points the wrong way.", {}, { circular: true }),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true, // type-only imports are arrows too
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default", "types"] },
  },
};
