// Small comforts on pages that work without them.
import { startExploring } from "./explore.js";
import { startFocus } from "./focus.js";
import { startPreferences } from "./preferences-menu.js";
import { startPrinting } from "./printing.js";
import { startSegmented } from "./segmented.js";
import { startSideBar } from "./side-bar.js";
import { startToasts } from "./toast.js";

startPreferences(document);
startSegmented(document);
startPrinting(document);
startFocus(document);
startExploring(document);
startSideBar(document);
startToasts(document);
