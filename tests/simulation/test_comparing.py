"""Several policies on the same worlds, summed up, and the command that prints it."""

import json

from click.testing import CliRunner

from workqueue.cli.simulate import simulate
from workqueue.simulation.comparing import compare
from workqueue.simulation.office import Office
from workqueue.simulation.policies import NAMES

SMALL = Office(reps=2, days=2, seed=5)


def test_the_sums_are_those_of_the_seeds() -> None:
    heard: list[int] = []
    found = compare(SMALL, seeds=2, done=heard.append)
    assert heard == [1, 2]
    assert [trial.seed for trial in found.trials] == [5, 6]
    said = found.as_json()
    for name in NAMES:
        tallies = [trial.tallies[name] for trial in found.trials]
        figures = said["policies"][name]
        assert figures["collected_cents"] == sum(each.collected_cents for each in tallies)
        assert figures["missed"] == sum(each.missed for each in tallies)
        assert figures["cents_an_hour"] == round(figures["collected_cents"] / (2 * SMALL.hours))
        assert figures["by_day_cents"][-1] == figures["collected_cents"]
    assert said["must_miss"] == sum(trial.must_miss for trial in found.trials)


def test_the_command_prints_one_object_and_the_same_one_again() -> None:
    def printed(*asked: str) -> str:
        result = CliRunner().invoke(simulate, ["--reps", "2", "--days", "2", "--seed", "5", *asked])
        assert result.exit_code == 0, result.output
        return result.output

    said = json.loads(printed("--json"))
    assert set(said["policies"]) == set(NAMES)
    assert said == json.loads(printed("--json"))
    assert "oldest_first" in printed()


def test_the_command_refuses_an_office_nobody_works_in() -> None:
    result = CliRunner().invoke(simulate, ["--reps", "0"])
    assert result.exit_code == 2
    assert "--reps" in result.output
