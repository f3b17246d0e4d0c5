// Reads cases as JSON on stdin, asks the simulator about each, and writes the answers as a JSON array.
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { readFileSync } from 'node:fs'

const cases = JSON.parse(readFileSync(0, 'utf8'))
const answers = []
for (const one of cases) {
  const result = await runSimulation(
    {
      request: {
        principal: one.principal,
        action: one.action,
        resource: { resource: one.resource, accountId: one.account },
        contextVariables: one.context,
      },
      identityPolicies: one.identity.map((policy, index) => ({ name: `policy${index}`, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(one.resourcePolicy ? { resourcePolicy: one.resourcePolicy } : {}),
    },
    {},
  )
  answers.push(result.resultType === 'error' ? `error: ${JSON.stringify(result.errors)}` : result.overallResult)
}
process.stdout.write(JSON.stringify(answers))
