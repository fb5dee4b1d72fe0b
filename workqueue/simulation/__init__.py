"""An office in memory: days of work under one order of the queue or another, and what each order brings.

This is how the priority is judged. The model is written down in docs/simulator.md; in one line each:

    office     how many reps, for how many days, how much comes in
    bills      what is billed each day and what payers make of it, planned by the kit
    cases      what the office sees of that: the tasks the derivation would have, with its own figures
    truths     what nobody sees: the chance, the worth and the time of each task as they really are
    outcomes   what a piece of work brings, by the truth of its task
    policies   the orders compared; ours is rules/priority.score itself
    running    the days: reps take what stands first, work it, and take the next
    bounds     what no policy can pass, and why
    deadlines  the hard deadlines that nobody could keep
    trial      one world under every policy; figures: as it is kept
    comparing  several worlds of one office, summed up

Everything is pure and follows from the seed: the same office, seed and policy give the same figures.
"""
