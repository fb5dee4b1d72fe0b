/* Starts every module of the pages. Each works on what it finds by its data attributes and leaves the rest alone. */
import { start as startChanges } from "./changes.js";
import { start as startDisposition } from "./disposition.js";
import { start as startDrafts } from "./drafts.js";
import { start as startFocus } from "./focus.js";
import { start as startForms } from "./forms.js";
import { start as startKeys } from "./keys.js";
import { start as startLease } from "./lease.js";
import { start as startMoves } from "./moves.js";
import { start as startOverlays } from "./overlays.js";
import { start as startTheme } from "./theme.js";

for (const start of [
  startTheme,
  startOverlays,
  startFocus,
  startForms,
  startDisposition,
  startKeys,
  startDrafts,
  startLease,
  startChanges,
  startMoves,
]) {
  start();
}
