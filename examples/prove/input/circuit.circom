pragma circom 2.1.0;

include "circomlib/circuits/poseidon.circom";

// "I know a number, and a salt, whose Poseidon hash is this": the hash is public, the two numbers are not.
template KnowsOpening() {
  signal input number;
  signal input salt;
  signal output hash;

  component poseidon = Poseidon(2);
  poseidon.inputs[0] <== number;
  poseidon.inputs[1] <== salt;
  hash <== poseidon.out;
}

component main = KnowsOpening();
