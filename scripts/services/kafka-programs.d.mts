/** Java and the folder of the jars of a broker, 4.2 or newer, and its tools. */
export interface KafkaPrograms {
  java: string;
  jars: string;
}

/** Undefined where there are none. */
export function kafkaPrograms(): Promise<KafkaPrograms | undefined>;
