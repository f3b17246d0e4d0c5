// Reads cases as JSON on stdin, asks the simulator about each, and writes the answers as a JSON array.
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { readFileSync } from 'node:fs'

const ranks = ['Allowed', 'ImplicitlyDenied', 'ExplicitlyDenied']

async function answer(one, identity, sessionPolicy) {
  const result = await runSimulation(
    {
      request: {
        principal: one.principal,
        action: one.action,
        resource: { resource: one.resource, accountId: one.account },
        contextVariables: one.context,
      },
      identityPolicies: identity.map((policy, index) => ({ name: `policy${index}`, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(sessionPolicy ? { sessionPolicy } : {}),
      ...(one.resourcePolicy ? { resourcePolicy: one.resourcePolicy } : {}),
    },
    {},
  )
  return result.resultType === 'error' ? `error: ${JSON.stringify(result.errors)}` : result.overallResult
}

// The simulator takes one session policy, and none of a user. Layers are an intersection: so each is asked
// about alone, of a user as if it were all that the user has, and the hardest answer is the answer.
async function narrowed(one) {
  const isSession = one.principal.includes(':assumed-role/')
  const answers = [await answer(one, one.identity)]
  for (const layer of one.layers) {
    answers.push(await (isSession ? answer(one, one.identity, layer) : answer(one, [layer])))
  }
  const unread = answers.find((said) => !ranks.includes(said))
  return unread ?? ranks[Math.max(...answers.map((said) => ranks.indexOf(said)))]
}

const cases = JSON.parse(readFileSync(0, 'utf8'))
const answers = []
for (const one of cases) {
  answers.push(await narrowed(one))
}
process.stdout.write(JSON.stringify(answers))
