#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#SBATCH --job-name=tableread
#SBATCH --array=1-20
#SBATCH --requeue
#SBATCH --open-mode=append
# An array of Slurm jobs, each with a part of the lines. What follows its name goes to batch:
#   sbatch slurm.sh /farm/scene.tableread --store /farm/takes
#   sbatch --array=1-200%8 --gpus=1 slurm.sh /farm/scene.tableread --store /farm/takes --model /farm/VibeVoice-7B
# Exit code 75 puts the job back into the queue. After anything else submit the whole array again: the lines are divided by
# its size, and what is stored is not spoken again.
tableread-engine batch "$@" --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"
code=$?
if [ "$code" -eq 75 ]; then
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
fi
exit "$code"
