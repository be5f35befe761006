// A booth for tests: election.json, card and marks on standard input as JSON, the casting request on standard output.
import { readFileSync, writeSync } from "node:fs";
import { assemble, packRequest, sealAnswer, signBallot } from "@front/crypto/ballot.ts";
import { derive } from "@front/crypto/cards.ts";
import { parseElection } from "@front/crypto/election.ts";

interface Order {
  election: string; // path of election.json
  card: string;
  marks: number[][];
  signer?: string; // another card, whose owner found this ballot opened on a screen
}

const order = JSON.parse(readFileSync(0, "utf8")) as Order;
const raw = new Uint8Array(readFileSync(order.election));
const election = parseElection(raw);
const card = derive(order.card, election.uuid);
const answers = order.marks.map((marks, number) => sealAnswer(election, number, card.credential, marks));
const signer = order.signer === undefined ? card : derive(order.signer, election.uuid);
const ballot = signBallot(assemble(election, card.credential, answers), signer);
writeSync(1, packRequest(election, ballot));
