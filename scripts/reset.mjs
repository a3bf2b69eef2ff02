// npm run reset: clears the data of SEPTET_HOME (.local); what was fetched stays. Refuses while a stack runs there.
import { build, giveUp, install, load, say } from "./workspace.mjs";

install();
build();
const { resetHome, defaultHome } = await load("packages/local-stack/dist/index.js");
try {
  const removed = await resetHome(defaultHome());
  say(removed.length > 0 ? `cleared ${defaultHome()}: ${removed.join(", ")}` : `nothing to clear in ${defaultHome()}`);
} catch (error) {
  giveUp(error.message);
}
