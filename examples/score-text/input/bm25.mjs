const [saturation, lengthWeight] = [1.2, 0.75];

/** Ranks texts by how well they answer a query (Okapi BM25), the best first; equal ones by name. */
export function rank(query, texts) {
  const documents = texts.map(({ name, text }) => ({ name, words: wordsOf(text) }));
  const meanLength = documents.reduce((sum, { words }) => sum + words.length, 0) / documents.length;
  const terms = [...new Set(wordsOf(query))];
  return documents
    .map(({ name, words }) => ({ name, score: terms.reduce((sum, term) => sum + termScore(term, words, { documents, meanLength }), 0) }))
    .toSorted((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1));
}

function termScore(term, words, { documents, meanLength }) {
  const count = words.filter((word) => word === term).length;
  const holding = documents.filter((document) => document.words.includes(term)).length;
  const rarity = Math.log(1 + (documents.length - holding + 0.5) / (holding + 0.5));
  const norm = saturation * (1 - lengthWeight + (lengthWeight * words.length) / meanLength);
  return (rarity * count * (saturation + 1)) / (count + norm);
}

/** Lower case, and without the plainest of plurals. */
export function wordsOf(text) {
  return (text.toLowerCase().match(/[a-z']+/g) ?? []).map((word) => word.replace(/(?<=[a-z]{3})s$/, ""));
}
