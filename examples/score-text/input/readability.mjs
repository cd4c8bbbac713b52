/** Flesch's reading ease: 100 is easy, 0 is hard. */
export function readingEase(text) {
  const words = text.match(/[A-Za-z']+/g) ?? [];
  const sentences = text.match(/[^.!?]+[.!?]+/g) ?? [text];
  const syllables = words.reduce((sum, word) => sum + syllablesOf(word), 0);
  if (words.length === 0) return 0;
  return 206.835 - (1.015 * words.length) / sentences.length - (84.6 * syllables) / words.length;
}

function syllablesOf(word) {
  const groups = word
    .toLowerCase()
    .replace(/e$/, "")
    .match(/[aeiouy]+/g);
  return Math.max(1, groups?.length ?? 1);
}
