"""What all training shares: data, augmentation, schedule, trainer."""
