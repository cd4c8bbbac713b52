import { keccak256 } from "viem";

/** A question to an endpoint. */
export interface RpcQuestion {
  method: string;
  params?: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const quantity = /^0x[0-9a-f]{1,64}$/i;
const hash = /^0x[0-9a-f]{64}$/i;
const bytes = /^0x([0-9a-f]{2})*$/i;
/** No chain lives to see a time with more bits, in seconds. */
const latestTime = 2 ** 40;

const isQuantity = (value: unknown): boolean => matches(quantity, value);
const isHash = (value: unknown): boolean => matches(hash, value);

/** What each method that a runner uses may answer; what is not here is read by nobody, or checked where it is read. */
const forms: Readonly<Record<string, (answer: unknown, params: readonly unknown[]) => boolean>> = {
  eth_blockNumber: isQuantity,
  eth_chainId: isQuantity,
  eth_gasPrice: isQuantity,
  eth_maxPriorityFeePerGas: isQuantity,
  eth_estimateGas: isQuantity,
  eth_getBalance: isQuantity,
  eth_getTransactionCount: isQuantity,
  eth_call: (answer) => matches(bytes, answer),
  eth_getCode: (answer) => matches(bytes, answer),
  // There is always a latest block; one of a number may not be known yet.
  eth_getBlockByNumber: (answer, [asked]) => (answer === null && asked !== "latest") || isBlock(fieldsOf(answer), asked),
  eth_getLogs: (answer, [filter]) => Array.isArray(answer) && answer.every((log) => isLog(fieldsOf(log), fieldsOf(filter))),
  eth_getTransactionReceipt: (answer, [asked]) => answer === null || isReceipt(fieldsOf(answer), asked),
  eth_sendRawTransaction: (answer, [raw]) => answer === keccak256(raw as `0x${string}`),
};

/** Says whether an answer has the form of one, and is about what was asked. An endpoint can still lie in good form. */
export function isPlausible({ method, params }: RpcQuestion, answer: unknown): boolean {
  return forms[method]?.(answer, Array.isArray(params) ? params : []) ?? true;
}

function isBlock({ number, hash, parentHash, timestamp, baseFeePerGas }: Fields, asked: unknown): boolean {
  // The pending block has neither.
  const isNamed = (isQuantity(number) && isHash(hash)) || asked === "pending";
  const isAsked = !isQuantity(asked) || (isQuantity(number) && BigInt(asked as string) === BigInt(number as string));
  return (
    isNamed &&
    isAsked &&
    isHash(parentHash) &&
    isQuantity(timestamp) &&
    Number(timestamp) < latestTime &&
    isQuantity(baseFeePerGas ?? "0x0")
  );
}

function isLog({ address, topics, data, blockNumber, blockHash, logIndex }: Fields, filter: Fields): boolean {
  const isForm = Array.isArray(topics) && topics.every(isHash) && matches(bytes, data) && isHash(blockHash) && isQuantity(logIndex);
  return (
    isForm && isSameText(address, filter.address ?? address) && isQuantity(blockNumber) && isWithin(BigInt(blockNumber as string), filter)
  );
}

function isWithin(block: bigint, { fromBlock, toBlock }: Fields): boolean {
  const isAfter = !isQuantity(fromBlock) || block >= BigInt(fromBlock as string);
  return isAfter && (!isQuantity(toBlock) || block <= BigInt(toBlock as string));
}

function isReceipt({ transactionHash, blockNumber, status, gasUsed, effectiveGasPrice, logs }: Fields, asked: unknown): boolean {
  const isForm = isQuantity(blockNumber) && isQuantity(gasUsed) && isQuantity(effectiveGasPrice) && (status === "0x0" || status === "0x1");
  return isForm && isSameText(transactionHash, asked) && Array.isArray(logs) && logs.every((log) => isLog(fieldsOf(log), {}));
}

function matches(form: RegExp, value: unknown): boolean {
  return typeof value === "string" && form.test(value);
}

function isSameText(value: unknown, expected: unknown): boolean {
  return typeof value === "string" && typeof expected === "string" && value.toLowerCase() === expected.toLowerCase();
}

/** Everything has fields but nothing. */
function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
