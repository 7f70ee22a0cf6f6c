// An emergency is seen and heard: two tones made here, the title of the tab, and a live region that interrupts.
import { effect, signal, untracked } from "../lib/ui.js";
import { findChoice, keepChoice } from "../lib/session.js";

const EVERY_MS = 6_000;
const FLASH_MS = 1_000;
const TONES = [[880, 0], [660, 0.22], [880, 0.44]];
const SOFT = [[520, 0]];

/** "off" by choice, "waiting" until the browser has seen a press or a key (it allows no sound before), or "on". */
export const sound = signal(findChoice("sound") === "off" ? "off" : "waiting");
/** What is ringing: `{id, words}` of emergencies that nobody has taken. */
export const ringing = signal([]);
/** Ids of what this person has silenced. */
export const silenced = signal(new Set());
export const pageTitle = signal("Warmlijn");

let context = null;
let flash = null;
let bell = null;
let isShown = false;

for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake, { capture: true });

/** Let sounds be made, or not; for this browser. */
export function switchSound(isOn) {
  keepChoice("sound", isOn ? "on" : "off");
  sound.value = isOn ? "waiting" : "off";
  if (isOn) wake();
}

/** Ring no longer for what rings now. */
export function silence() {
  silenced.value = new Set([...silenced.value, ...ringing.value.map((one) => one.id)]);
}

/** One soft tone: something urgent came. */
export function nudgeEar() {
  play(SOFT, 0.06);
}

/** Let it be heard what an emergency sounds like. */
export function tryOut() {
  play(TONES, 0.2);
}

function wake() {
  if (sound.value !== "waiting") return;
  context ??= makeContext();
  context.resume().then(() => (sound.value = sound.value === "off" ? "off" : "on"), () => {});
}

/** The system may stop the sound (a call, a locked phone): then it waits for the next press, and says so. */
function makeContext() {
  const made = new AudioContext();
  made.onstatechange = () => {
    if (sound.value !== "off") sound.value = made.state === "running" ? "on" : "waiting";
  };
  return made;
}

function play(tones, loudness) {
  if (sound.value !== "on" || context === null) return;
  for (const [pitch, after] of tones) playTone(pitch, context.currentTime + after, loudness);
}

function playTone(pitch, at, loudness) {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.type = "triangle";
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(loudness, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.2);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + 0.22);
}

// What was taken meanwhile is silenced no longer: when it comes back it rings.
effect(() => {
  const rings = new Set(ringing.value.map((one) => one.id));
  const before = untracked(() => silenced.value);
  const kept = [...before].filter((id) => rings.has(id));
  if (kept.length < before.size) silenced.value = new Set(kept);
});

effect(() => {
  const loud = ringing.value.filter((one) => !silenced.value.has(one.id));
  clearInterval(bell);
  if (!loud.length) return;
  play(TONES, 0.2);
  bell = setInterval(() => play(TONES, 0.2), EVERY_MS);
});

effect(() => {
  const [first] = ringing.value;
  clearInterval(flash);
  document.title = pageTitle.value;
  if (!first) return;
  const words = `‼ ${first.words}`;
  document.title = words;
  flash = setInterval(() => {
    isShown = !isShown;
    document.title = isShown ? words : pageTitle.value;
  }, FLASH_MS);
});
