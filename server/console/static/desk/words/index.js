// Every word of the desk.
import { addPairs } from "../../lib/i18n.js";
import { FACTOR_WORDS } from "../../lib/factor_words.js";
import { COMPLAINTS } from "./complaints.js";
import { FRAME } from "./frame.js";
import { INSIGHT } from "./insight.js";
import { OWN } from "./own.js";
import { PAIRING } from "./pairing.js";
import { PEOPLE } from "./people.js";
import { PROBLEMS } from "./problems.js";
import { ROSTER } from "./roster.js";
import { SAFETY } from "./safety.js";
import { TONIGHT } from "./tonight.js";

export const TABLES = [FACTOR_WORDS, FRAME, TONIGHT, SAFETY, COMPLAINTS, PAIRING, PEOPLE, ROSTER, INSIGHT, OWN, PROBLEMS];

TABLES.forEach(addPairs);
