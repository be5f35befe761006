/** The page's side of the sealing worker: one booth (bàn bỏ phiếu) for one voter, then another. */
import type { Answer, Orders } from "./orders.ts";

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

export class Booth {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #closed = false;

  constructor(script: string) {
    this.#worker = new Worker(script, { type: "module", name: "booth" });
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#settle(data);
    this.#worker.onerror = () => this.close();
  }

  /** Give an order; orders are carried out one after the other. Rejects when the worker fails or is closed. */
  ask<K extends keyof Orders>(what: K, order: Orders[K]["order"]): Promise<Orders[K]["answer"]> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new Error("the booth was closed"));
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, what, order });
    });
  }

  /** End the worker, and with it everything that it knew of the voter. */
  close(): void {
    this.#closed = true;
    this.#worker.terminate();
    for (const one of this.#waiting.values()) one.reject(new Error("the booth was closed"));
    this.#waiting.clear();
  }

  #settle(data: Answer): void {
    const one = this.#waiting.get(data.id);
    this.#waiting.delete(data.id);
    if ("error" in data) one?.reject(new Error(data.error));
    else one?.resolve(data.answer as never);
  }
}
