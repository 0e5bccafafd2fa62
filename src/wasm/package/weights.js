// Part of the engine's package: hands an engine the shipped weights that it asks for. They lie beside this file.

/** Call it once the data are chosen, before `useShippedTeacher` or `useShippedStudents`. */
export async function handOverWeights(session) {
  for (const file of session.missingWeights()) {
    const response = await fetch(new URL(`weights/${file}`, import.meta.url));
    if (!response.ok) throw new Error(`The shipped weights "${file}" could not be loaded: ${response.status}`);
    session.takeWeights(file, new Uint8Array(await response.arrayBuffer()));
  }
}
