# No cloud is asked: terraform test
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  ci_issuer                 = "https://token.actions.githubusercontent.com"
  ci_subject                = "repo:acme/desk:environment:production"
  cluster_name              = "main"
  vpc_id                    = "vpc-1"
  database_subnet_ids       = ["subnet-1", "subnet-2"]
  cluster_security_group_id = "sg-1"
}

run "database_is_private_encrypted_and_backed_up" {
  command = plan

  assert {
    condition     = !module.database.instance.publicly_accessible && module.database.instance.storage_encrypted
    error_message = "The database must be private and encrypted."
  }

  assert {
    condition     = module.database.instance.backup_retention_period >= 7 && module.database.instance.deletion_protection
    error_message = "Production needs backups and protection from deletion."
  }
}

run "tags_of_images_never_move" {
  command = plan

  assert {
    condition     = alltrue([for mutability in module.registry.mutability : mutability == "IMMUTABLE"])
    error_message = "A tag that moves breaks every rollback."
  }
}

run "a_wildcard_subject_is_refused" {
  command = plan

  variables {
    ci_subject = "repo:acme/*"
  }

  expect_failures = [var.ci_subject]
}
