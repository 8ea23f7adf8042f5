const fs = require("node:fs");

fs.writeFileSync("/tmp/shells.json", JSON.stringify(["whelk", "limpet"]));
