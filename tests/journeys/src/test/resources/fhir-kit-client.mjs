// Asks a gateway's FHIR door with fhir-kit-client, a client that knows nothing of us; prints what came back.
// node fhir-kit-client.mjs <folder with node_modules> <base URL> <secret> <name=value>…
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const [folder, baseUrl, secret, ...question] = process.argv.slice(2);
const { Client } = await import(pathToFileURL(join(folder, 'node_modules/fhir-kit-client/dist/index.js')));
const client = new Client({ baseUrl, bearerToken: secret });
const asked = question.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]);

const statement = await client.capabilityStatement();
console.log('speaks', statement.resourceType, statement.fhirVersion);
const summary = await client.operation({
  resourceType: 'Patient', name: 'summary',
  input: { resourceType: 'Parameters', parameter: asked.map(([name, valueString]) => ({ name, valueString })) },
});
console.log('summary', summary.type, summary.entry[0].resource.resourceType);
const results = await client.resourceSearch({
  resourceType: 'Observation', searchParams: Object.fromEntries(asked), options: { postSearch: true },
});
console.log('search', results.type, results.total, results.entry.filter((one) => one.search.mode === 'match')
  .map((one) => one.resource.valueQuantity.value).sort((a, b) => a - b).join(' '));
try {
  await client.operation({ resourceType: 'Patient', name: 'summary', input: { resourceType: 'Parameters', parameter: [] } });
} catch ({ response }) {
  console.log('refused', response.status, response.data.issue[0].details.coding[0].code);
}
