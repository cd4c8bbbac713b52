// How sure is the mean length of a sentence? A bootstrap: draw as many sentences as there are, a thousand times, and look at the spread.
const lengths = [24, 31, 12, 47, 19, 88, 23, 9, 35, 51, 17, 28];
const means = Array.from({ length: 1000 }, () => mean(lengths.map(() => lengths[Math.floor(Math.random() * lengths.length)])));
means.sort((a, b) => a - b);
console.log(JSON.stringify({ mean: mean(lengths), low: means[25], high: means[975] }));

function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
